"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import { useCreateBrand } from "@/components/hooks/use-brands";
import { useSubmission } from "@/components/hooks/use-submission";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { NAME_MAX } from "@/lib/limits";
import { checkName } from "@/lib/validation";

type NewBrandDialogProps = { onClose: () => void; onCreated: (brandId: string) => void };

/** Makes a brand by its name; all else has a default and is set on its page. */
export function NewBrandDialog({ onClose, onCreated }: NewBrandDialogProps) {
  const create = useCreateBrand();
  const { busy, refusal, submit } = useSubmission();
  const [nameError, setNameError] = useState<string | null>(null);

  function make(data: FormData) {
    const name = checkName(textOf(data, "name"), "brand name");
    setNameError(name.ok ? null : name.reason);
    if (!name.ok) return;
    void submit(async () => {
      const { brandId } = await create({ name: name.value });
      onCreated(brandId);
    });
  }

  return (
    <Dialog onClose={onClose} title="New brand">
      <DialogForm
        busy={busy}
        refusal={refusal === null || refusal.field === "name" ? null : refusal.message}
        action="Create brand"
        busyWord="Creating"
        onSubmit={make}
        onCancel={onClose}
      >
        <TextField
          label="Name"
          name="name"
          autoFocus
          autoComplete="off"
          maxLength={NAME_MAX}
          hint="Visitors see it at the top of the chat."
          error={nameError ?? (refusal?.field === "name" ? refusal.message : null)}
        />
      </DialogForm>
    </Dialog>
  );
}
