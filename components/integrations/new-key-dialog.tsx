"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useCreateApiKey, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SelectField } from "@/components/ui/select-field";
import { NAME_MAX } from "@/lib/limits";
import { checkName } from "@/lib/validation";
import { BrandField } from "./brand-field";
import { SecretOnce } from "./secret-once";

const DAY = 86_400_000;

const ACCESS = [
  { value: "read", label: "Read", hint: "List and read conversations, messages, leads and brands." },
  { value: "write", label: "Read and write", hint: "Also reply, change status, and create or change leads." },
] as const;

const LIFETIMES = [
  { days: 0, label: "Never" },
  { days: 30, label: "30 days from now" },
  { days: 90, label: "90 days from now" },
  { days: 365, label: "One year from now" },
];

type NewKeyDialogProps = { brands: readonly Brand[]; onClose: () => void };

/** Makes a key, then shows it: once, until the person says that it is stored. */
export function NewKeyDialog({ brands, onClose }: NewKeyDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog
      onClose={onClose}
      title={secret === null ? "New API key" : "Copy the key now"}
      mustAnswer={secret !== null}
    >
      {secret === null ? (
        <KeyForm brands={brands} onCreated={setSecret} onCancel={onClose} />
      ) : (
        <SecretOnce noun="key" secret={secret} onDone={onClose}>
          It is not shown again. Whoever holds it can use it, so keep it where your program keeps its secrets.
        </SecretOnce>
      )}
    </Dialog>
  );
}

type KeyFormProps = { brands: readonly Brand[]; onCreated: (secret: string) => void; onCancel: () => void };

function KeyForm({ brands, onCreated, onCancel }: KeyFormProps) {
  const createKey = useCreateApiKey();
  const [scope, setScope] = useState<ApiKeyRow["scope"]>("read");
  const { busy, refusal, submit } = useSubmission();
  const [nameError, setNameError] = useState<string | null>(null);

  function create(data: FormData) {
    const name = checkName(textOf(data, "name"));
    setNameError(name.ok ? null : name.reason);
    if (!name.ok) return;
    const brandId = textOf(data, "brand");
    const days = Number(textOf(data, "lifetime"));
    void submit(async () => {
      const { secret } = await createKey({
        name: name.value,
        scope,
        ...(brandId === "" ? {} : { brandId }),
        ...(days === 0 ? {} : { expiresAt: Date.now() + days * DAY }),
      });
      onCreated(secret);
    });
  }

  return (
    <form
      noValidate
      className="grid gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) create(new FormData(event.currentTarget));
      }}
    >
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      <TextField
        label="Name"
        name="name"
        autoFocus
        autoComplete="off"
        maxLength={NAME_MAX}
        placeholder="Shop backend"
        hint="The program that will use it."
        error={nameError}
      />
      <ChoiceGroup legend="Access" choices={ACCESS} value={scope} onChange={setScope} />
      <BrandField brands={brands} hint="A key of one brand sees nothing of the others." />
      <SelectField label="Expires" name="lifetime" defaultValue={0}>
        {LIFETIMES.map(({ days, label }) => (
          <option key={days} value={days}>
            {label}
          </option>
        ))}
      </SelectField>
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="main" busy={busy}>
          {busy ? "Creating" : "Create key"}
        </Button>
      </div>
    </form>
  );
}
