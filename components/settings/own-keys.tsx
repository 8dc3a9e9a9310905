"use client";

import { useState } from "react";
import { useChangePreferences, usePreferences } from "@/components/hooks/use-preferences";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import type { Preferences } from "@/convex/validators/preferences";
import { SINGLE_KEYS, checkOwnKeys } from "@/lib/keys";

/** Single keys of this person: off, or each on another letter. */
export function OwnKeys() {
  const { data } = usePreferences();
  return (
    <section aria-labelledby="own-keys">
      <SectionHead
        id="own-keys"
        title="Your keys"
        hint="Letters that act outside text fields. ⌘ or Ctrl with K always works."
      />
      {data ? <KeysForm key={JSON.stringify([data.keys, data.singleKeys])} preferences={data} /> : null}
    </section>
  );
}

function KeysForm({ preferences }: { preferences: Preferences }) {
  const [singleKeys, setSingleKeys] = useState(preferences.singleKeys);
  const [typed, setTyped] = useState<Record<string, string>>(() =>
    Object.fromEntries(SINGLE_KEYS.map(({ key }) => [key, (preferences.keys[key] ?? key).toUpperCase()])),
  );
  const change = useChangePreferences();
  const { busy, refusal, submit } = useSubmission();
  const [wrong, setWrong] = useState<string | null>(null);

  function save() {
    const checked = checkOwnKeys(typed);
    setWrong(checked.ok ? null : checked.reason);
    if (checked.ok) void submit(async () => void (await change({ singleKeys, keys: checked.value })));
  }

  return (
    <form
      noValidate
      className="grid max-w-[68ch] gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) save();
      }}
    >
      {(wrong ?? refusal?.message) ? <NoteBox kind="danger">{wrong ?? refusal?.message}</NoteBox> : null}
      <label className="flex min-h-6 items-center gap-2.5 text-13 pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.target.checked)}
          className="size-4 flex-none accent-accent"
        />
        Use single keys
      </label>
      {singleKeys ? (
        <div className="grid grid-cols-2 gap-x-5 gap-y-2.5 md:grid-cols-3">
          {SINGLE_KEYS.map(({ key, label }) => (
            <TextField
              key={key}
              label={label}
              value={typed[key] ?? ""}
              maxLength={2}
              autoComplete="off"
              autoCapitalize="off"
              onChange={(event) => setTyped({ ...typed, [key]: event.target.value })}
              className="max-w-16 font-mono"
            />
          ))}
        </div>
      ) : null}
      <div className="flex gap-2">
        <Button type="submit" busy={busy}>
          {busy ? "Saving" : "Save keys"}
        </Button>
        <Button
          variant="quiet"
          onClick={() => {
            setSingleKeys(true);
            setTyped(Object.fromEntries(SINGLE_KEYS.map(({ key }) => [key, key.toUpperCase()])));
          }}
        >
          Usual keys
        </Button>
      </div>
    </form>
  );
}
