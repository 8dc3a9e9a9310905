"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useCreateAgentToken, type AgentTokenRow } from "@/components/hooks/use-agent-tokens";
import { useSubmission } from "@/components/hooks/use-submission";
import { CheckGroup } from "@/components/ui/check-group";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { NAME_MAX } from "@/lib/limits";
import { checkName } from "@/lib/validation";
import { SecretDialog } from "../secret-dialog";

const HOUR = 3_600_000;

const ACCESS = [
  { value: "read", label: "Read", hint: "Follow conversations, messages, leads and brands." },
  {
    value: "reply",
    label: "Read and reply",
    hint: "Also answer in your name, write notes, set status and assignee, create or change leads.",
  },
] as const;

const LIFETIMES = [
  { hours: 1, label: "One hour from now" },
  { hours: 24, label: "One day from now" },
  { hours: 30 * 24, label: "30 days from now" },
  { hours: 90 * 24, label: "90 days from now" },
  { hours: 365 * 24, label: "One year from now" },
];
const LIFETIME_DEFAULT = 90 * 24;

type NewTokenDialogProps = { brands: readonly Brand[]; onClose: () => void };

/** Mints a token, then shows it: once, until the person says that it is stored. */
export function NewTokenDialog({ brands, onClose }: NewTokenDialogProps) {
  return (
    <SecretDialog
      title="New agent token"
      madeTitle="Copy the token now"
      noun="token"
      note="It is not shown again. Whoever holds it acts in your name, so keep it where your software keeps its secrets."
      onClose={onClose}
    >
      {(onMade) => <TokenForm brands={brands} onCreated={onMade} onCancel={onClose} />}
    </SecretDialog>
  );
}

type TokenFormProps = { brands: readonly Brand[]; onCreated: (token: string) => void; onCancel: () => void };

function TokenForm({ brands, onCreated, onCancel }: TokenFormProps) {
  const createToken = useCreateAgentToken();
  const [access, setAccess] = useState<AgentTokenRow["access"]>("read");
  const [chosen, setChosen] = useState<string[]>([]);
  const { busy, refusal, submit } = useSubmission();
  const [nameError, setNameError] = useState<string | null>(null);

  function create(data: FormData) {
    const name = checkName(textOf(data, "name"));
    setNameError(name.ok ? null : name.reason);
    if (!name.ok) return;
    void submit(async () => {
      const { token } = await createToken({
        name: name.value,
        access,
        brands: chosen.length === 0 ? "all" : chosen,
        expiresAt: Date.now() + Number(textOf(data, "lifetime")) * HOUR,
      });
      onCreated(token);
    });
  }

  return (
    <DialogForm
      busy={busy}
      refusal={refusal?.message ?? null}
      action="Create token"
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
        placeholder="CRM inbox"
        hint="The software that will use it."
        error={nameError}
      />
      <ChoiceGroup legend="Access" choices={ACCESS} value={access} onChange={setAccess} />
      {brands.length > 1 ? (
        <CheckGroup
          legend="Brands: all of yours, unless you choose some"
          choices={brands.map(({ _id, name }) => ({ value: _id, label: name }))}
          values={chosen}
          onChange={setChosen}
        />
      ) : null}
      <SelectField label="Expires" name="lifetime" defaultValue={LIFETIME_DEFAULT}>
        {LIFETIMES.map(({ hours, label }) => (
          <option key={hours} value={hours}>
            {label}
          </option>
        ))}
      </SelectField>
    </DialogForm>
  );
}
