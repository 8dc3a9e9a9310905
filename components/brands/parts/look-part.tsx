"use client";

import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { Segments } from "@/components/ui/segments";
import { SelectField } from "@/components/ui/select-field";
import { NAME_MAX } from "@/lib/limits";
import { createPalette } from "@/lib/palette";
import { checkColor } from "@/lib/widget-settings";
import { colorUses, ratioText } from "../contrast";
import type { BrandDraft } from "../draft";
import { LogoField } from "./logo-field";
import { Group, type PartProps } from "./part";

const THEMES = [
  { value: "auto", label: "Follow the visitor" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

/** How the widget looks: name, picture, colour, corner. */
export function LookPart({ draft, errors, edit, brandId }: PartProps & { brandId: string }) {
  return (
    <>
      <Group title="Brand">
        <TextField
          label="Name"
          name="name"
          autoComplete="off"
          maxLength={NAME_MAX}
          value={draft.name}
          hint="Stands at the top of the chat, and beside the brand's conversations in the inbox."
          error={errors.name}
          onChange={(event) => edit({ name: event.target.value })}
        />
        <LogoField draft={draft} error={errors.avatarUrl} edit={edit} brandId={brandId} />
      </Group>
      <Group title="Colour" hint="One colour is enough. Everything else follows from it.">
        <ColorField draft={draft} error={errors.primaryColor} edit={edit} />
        <Contrasts draft={draft} />
        <Segments
          legend="Light or dark"
          choices={THEMES}
          value={draft.theme}
          onChange={(theme) => edit({ theme })}
        />
      </Group>
      <Group title="Button">
        <SelectField
          label="Corner"
          hint="24 px from the edge of the page."
          value={draft.position}
          onChange={(event) => edit({ position: event.target.value === "bl" ? "bl" : "br" })}
          className="max-w-60"
        >
          <option value="br">Bottom right</option>
          <option value="bl">Bottom left</option>
        </SelectField>
      </Group>
    </>
  );
}

type ColorFieldProps = { draft: BrandDraft; error: string | undefined; edit: PartProps["edit"] };

function ColorField({ draft: { primaryColor }, error, edit }: ColorFieldProps) {
  const typed = checkColor(primaryColor);
  return (
    <div className="flex items-start gap-2">
      <div className="w-40">
        <TextField
          label="Brand colour"
          name="primaryColor"
          autoComplete="off"
          spellCheck={false}
          maxLength={7}
          placeholder="#2b5c8a"
          className="font-mono"
          value={primaryColor}
          error={error}
          onChange={(event) => edit({ primaryColor: event.target.value })}
        />
      </div>
      <input
        type="color"
        aria-label="Choose the brand colour"
        value={typed.ok ? typed.value : "#000000"}
        onChange={(event) => edit({ primaryColor: event.target.value })}
        className="mt-[23px] h-[var(--control-h)] w-12 flex-none rounded-md border border-line-control bg-raised p-1"
      />
    </div>
  );
}

/** The colours that the widget makes of the brand's, with their contrasts: shown before they are saved. */
function Contrasts({ draft: { primaryColor, theme } }: { draft: BrandDraft }) {
  const typed = checkColor(primaryColor);
  if (!typed.ok) return null;
  const palettes = {
    light: createPalette(typed.value, "light"),
    dark: createPalette(typed.value, "dark"),
  };
  const shown = palettes[theme === "dark" ? "dark" : "light"];
  const moved = (["light", "dark"] as const).filter(
    (each) => (theme === "auto" || theme === each) && palettes[each].brand !== typed.value,
  );
  return (
    <>
      <ul aria-label="Colours made of it" className="rounded-md border border-line">
        {colorUses(shown).map(({ name, color, ratio }) => (
          <li
            key={name}
            className="flex items-center gap-3 px-2.5 py-1.5 text-13 not-first:border-t not-first:border-line-faint"
          >
            <span
              aria-hidden="true"
              className="h-5 w-8 flex-none rounded-sm shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--text)_20%,transparent)]"
              style={{ background: color }}
            />
            <span className="min-w-0 flex-1">{name}</span>
            <span className="text-ink-2">{ratioText(ratio)}</span>
          </li>
        ))}
      </ul>
      {moved.length > 0 ? (
        <NoteBox kind="info">
          The widget draws it as {moved.map((each) => `${palettes[each].brand} in ${each}`).join(", and as ")}
          : the nearest that stands out there and carries text.
        </NoteBox>
      ) : null}
    </>
  );
}
