"use client";

import { useState } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useRevokeApiKey, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useNow } from "@/components/hooks/use-now";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { keyUse } from "./api-key-text";

/** Ends a key for good. Its name is typed, because a program somewhere stops working. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyRow; onClose: () => void }) {
  const revoke = useRevokeApiKey();
  const now = useNow();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const matches = typed.trim() === apiKey.name;

  async function submit() {
    setBusy(true);
    try {
      await revoke({ keyId: apiKey._id });
      onClose();
    } catch (error) {
      setRefusal(reasonOf(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Revoke the key “${apiKey.name}”?`}
    >
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (matches && !busy) void submit();
        }}
      >
        {refusal ? <NoteBox kind="danger">{refusal}</NoteBox> : null}
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
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Keep key</Button>
          <Button type="submit" variant="danger" busy={busy} disabled={!matches}>
            {busy ? "Revoking" : "Revoke key"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
