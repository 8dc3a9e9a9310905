"use client";

import { useState } from "react";
import { useRevokeApiKey, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useNow } from "@/components/hooks/use-now";
import { TextField } from "@/components/ui/field";
import { keyUse } from "./api-key-text";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

/** Ends a key for good. Its name is typed, because a program somewhere stops working. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyRow; onClose: () => void }) {
  const revoke = useRevokeApiKey();
  const now = useNow();
  const [typed, setTyped] = useState("");
  return (
    <ConfirmDialog
      title={`Revoke the key “${apiKey.name}”?`}
      safe="Keep key"
      action="Revoke key"
      busyWord="Revoking"
      ready={typed.trim() === apiKey.name}
      onConfirm={() => revoke({ keyId: apiKey._id })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        {apiKey.lastUsedAt === undefined
          ? "Nothing has used it yet. It cannot be brought back."
          : `It was last used: ${keyUse(apiKey, now).text}. The program that uses it stops working at once, and the key cannot be brought back.`}
      </p>
      <TextField
        label={`Type ${apiKey.name} to confirm`}
        autoComplete="off"
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  );
}
