"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import { reasonOf } from "@/components/hooks/refusals";
import type { Brand } from "@/components/hooks/rows";
import { useCreateApiKey, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SelectField } from "@/components/ui/select-field";
import { NAME_MAX } from "@/lib/limits";
import { checkName } from "@/lib/validation";

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
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={secret === null ? "New API key" : "Copy the key now"}
      mustAnswer={secret !== null}
    >
      {secret === null ? (
        <KeyForm brands={brands} onCreated={setSecret} onCancel={onClose} />
      ) : (
        <NewSecret secret={secret} onDone={onClose} />
      )}
    </Dialog>
  );
}

type KeyFormProps = { brands: readonly Brand[]; onCreated: (secret: string) => void; onCancel: () => void };

function KeyForm({ brands, onCreated, onCancel }: KeyFormProps) {
  const create = useCreateApiKey();
  const seesAll = useSession().operator.brandAccess === "all";
  const [scope, setScope] = useState<ApiKeyRow["scope"]>("read");
  const [busy, setBusy] = useState(false);
  const [nameError, setNameError] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function submit(data: FormData) {
    const name = checkName(textOf(data, "name"));
    setNameError(name.ok ? null : name.reason);
    setRefusal(null);
    if (!name.ok) return;
    const brandId = textOf(data, "brand");
    const days = Number(textOf(data, "lifetime"));
    setBusy(true);
    try {
      const { secret } = await create({
        name: name.value,
        scope,
        ...(brandId === "" ? {} : { brandId }),
        ...(days === 0 ? {} : { expiresAt: Date.now() + days * DAY }),
      });
      onCreated(secret);
    } catch (error) {
      setRefusal(reasonOf(error));
      setBusy(false);
    }
  }

  return (
    <form
      noValidate
      className="grid gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit(new FormData(event.currentTarget));
      }}
    >
      {refusal ? <NoteBox kind="danger">{refusal}</NoteBox> : null}
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
      {brands.length > 1 || !seesAll ? (
        <SelectField label="Brand" name="brand" hint="A key of one brand sees nothing of the others.">
          {seesAll ? <option value="">All brands</option> : null}
          {brands.map((brand) => (
            <option key={brand._id} value={brand._id}>
              {brand.name}
            </option>
          ))}
        </SelectField>
      ) : null}
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

function NewSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <div className="grid gap-3.5">
      <NoteBox kind="warning">
        It is not shown again. Whoever holds it can use it, so keep it where your program keeps its secrets.
      </NoteBox>
      <code
        tabIndex={0}
        aria-label="New key"
        className="rounded-md border border-line bg-sunk px-3 py-2.5 text-12 wrap-anywhere select-all"
      >
        {secret}
      </code>
      <div className="flex justify-end gap-2">
        <CopyButton text={secret} label="Copy the key" />
        <Button onClick={onDone}>I have stored it</Button>
      </div>
    </div>
  );
}
