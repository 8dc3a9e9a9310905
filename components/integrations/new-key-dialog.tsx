"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useCreateApiKey, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useSubmission } from "@/components/hooks/use-submission";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { NAME_MAX } from "@/lib/limits";
import { checkName } from "@/lib/validation";
import { BrandField } from "./brand-field";
import { SecretDialog } from "./secret-dialog";

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
  return (
    <SecretDialog
      title="New API key"
      madeTitle="Copy the key now"
      noun="key"
      note="It is not shown again. Whoever holds it can use it, so keep it where your program keeps its secrets."
      onClose={onClose}
    >
      {(onMade) => <KeyForm brands={brands} onCreated={onMade} onCancel={onClose} />}
    </SecretDialog>
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
    <DialogForm
      busy={busy}
      refusal={refusal?.message ?? null}
      action="Create key"
      busyWord="Creating"
      onSubmit={create}
      onCancel={onCancel}
    >
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
    </DialogForm>
  );
}
