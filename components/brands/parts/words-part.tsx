"use client";

import { useState } from "react";
import { SelectField } from "@/components/ui/select-field";
import { TextAreaField, TextField } from "@/components/ui/field";
import { WELCOME_MAX, WIDGET_TEXT_MAX } from "@/lib/limits";
import type { PreviewModule } from "@/lib/widget-preview";
import type { WidgetLocale } from "@/lib/widget-settings";
import { Group, type PartProps } from "./part";

const LANGUAGES: readonly { value: WidgetLocale; label: string }[] = [
  { value: "auto", label: "The visitor's" },
  { value: "en", label: "English" },
  { value: "de", label: "German" },
  { value: "fr", label: "French" },
  { value: "es", label: "Spanish" },
  { value: "pt", label: "Portuguese" },
  { value: "hi", label: "Hindi" },
  { value: "ar", label: "Arabic" },
];

/** What the widget says: its welcome, its language, and any of its own words. */
export function WordsPart({ draft, errors, edit, preview }: PartProps & { preview: PreviewModule | null }) {
  return (
    <>
      <Group title="Welcome">
        <TextAreaField
          label="Welcome message"
          name="welcomeMessage"
          maxLength={WELCOME_MAX}
          value={draft.welcomeMessage}
          hint="What the widget says before anyone has written. Empty: nothing."
          error={errors.welcomeMessage}
          onChange={(event) => edit({ welcomeMessage: event.target.value })}
        />
      </Group>
      <Group title="Language">
        <SelectField
          label="Language of the widget"
          hint="A visitor whose language the widget does not speak gets English. Arabic runs from right to left."
          value={draft.locale}
          onChange={(event) => edit({ locale: event.target.value as WidgetLocale })}
          className="max-w-60"
        >
          {LANGUAGES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      </Group>
      {preview === null ? null : (
        <OwnWords
          words={preview.textsIn(draft.locale)}
          texts={draft.texts}
          error={errors.texts}
          onChange={(texts) => edit({ texts })}
        />
      )}
    </>
  );
}

type OwnWordsProps = {
  words: Readonly<Record<string, string>>;
  texts: Readonly<Record<string, string>>;
  error: string | undefined;
  onChange: (texts: Record<string, string>) => void;
};

/** Every text of the widget, found by what it says, with a field for what it should say. */
function OwnWords({ words, texts, error, onChange }: OwnWordsProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = Object.entries(words).filter(([key, word]) =>
    wanted === ""
      ? texts[key] !== undefined
      : `${key} ${word} ${texts[key] ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <Group
      title="Other words"
      hint="Replaces what the widget says, in every language. Words in braces, such as {name}, stand for what is put in."
    >
      <TextField
        label="Find a text"
        type="search"
        autoComplete="off"
        value={search}
        placeholder={words.startChat}
        onChange={(event) => setSearch(event.target.value)}
        error={error}
      />
      {found.length === 0 ? (
        <p className="text-13 text-ink-2">
          {wanted === "" ? "Nothing is replaced." : "No text of the widget says that."}
        </p>
      ) : null}
      {found.map(([key, word]) => (
        <TextField
          key={key}
          label={word}
          dir="auto"
          autoComplete="off"
          maxLength={WIDGET_TEXT_MAX}
          value={texts[key] ?? ""}
          placeholder={word}
          onChange={(event) => {
            const { [key]: _replaced, ...others } = texts;
            onChange(event.target.value === "" ? others : { ...others, [key]: event.target.value });
          }}
        />
      ))}
    </Group>
  );
}
