"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useRemoveBrand } from "@/components/hooks/use-brands";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Group } from "./parts/part";

type RemoveBrandProps = { brand: Brand; onRemoved: () => void };

/** The way to take a brand out of the workspace, at the end of its page. */
export function RemoveBrand({ brand, onRemoved }: RemoveBrandProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Group
      title="Remove the brand"
      hint="Only while nobody has written to it. Its widget goes from every page."
    >
      <div>
        <Button size="sm" onClick={() => setAsking(true)}>
          <Trash2 size={14} aria-hidden="true" />
          Remove brand
        </Button>
      </div>
      {asking ? (
        <RemoveBrandDialog brand={brand} onRemoved={onRemoved} onClose={() => setAsking(false)} />
      ) : null}
    </Group>
  );
}

/** Asks for the brand's name before it goes for good. */
function RemoveBrandDialog({ brand, onRemoved, onClose }: RemoveBrandProps & { onClose: () => void }) {
  const remove = useRemoveBrand();
  const [typed, setTyped] = useState("");
  return (
    <ConfirmDialog
      title={`Remove the brand “${brand.name}”?`}
      safe="Keep brand"
      action="Remove brand"
      busyWord="Removing"
      ready={typed.trim() === brand.name}
      onConfirm={async () => {
        // Left first: the page of a brand that is gone has nothing to show.
        await remove({ brandId: brand._id });
        onRemoved();
      }}
      onClose={onClose}
    >
      <p>Its widget disappears from every page that carries it, and its settings are deleted.</p>
      <TextField
        label={`Type ${brand.name} to remove it`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  );
}
