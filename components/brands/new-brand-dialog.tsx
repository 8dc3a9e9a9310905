"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import { useCreateBrand } from "@/components/hooks/use-brands";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
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
      <form
        noValidate
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) make(new FormData(event.currentTarget));
        }}
      >
        {refusal && refusal.field !== "name" ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        <TextField
          label="Name"
          name="name"
          autoFocus
          autoComplete="off"
          maxLength={NAME_MAX}
          hint="Visitors see it at the top of the chat."
          error={nameError ?? (refusal?.field === "name" ? refusal.message : null)}
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="main" busy={busy}>
            {busy ? "Creating" : "Create brand"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
