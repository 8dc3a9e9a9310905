"use client";

import { TextField } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { CONSENT_TEXT_MAX } from "@/lib/limits";
import type { FieldMode } from "@/lib/widget-settings";
import { Group, Toggle, type PartProps } from "./part";

const MODES: readonly { value: FieldMode; label: string }[] = [
  { value: "required", label: "Required" },
  { value: "optional", label: "Optional" },
  { value: "off", label: "Not asked" },
];

const FIELDS = [
  { field: "name", label: "Name" },
  { field: "email", label: "Email" },
  { field: "phone", label: "Phone" },
] as const;

/** What the widget asks before the first message, and what visitors may do in the chat. */
export function FormPart({ draft, errors, edit }: PartProps) {
  return (
    <>
      <Group
        title="Before the first message"
        hint="The message itself is always asked for. Later visits skip the form."
      >
        {FIELDS.map(({ field, label }) => (
          <Segments
            key={field}
            legend={label}
            choices={MODES}
            value={draft.form[field]}
            onChange={(mode) => edit({ form: { ...draft.form, [field]: mode } })}
          />
        ))}
      </Group>
      <Group
        title="Consent"
        hint="A line under the form that links to what the visitor agrees to. Empty: none."
      >
        <TextField
          label="Line"
          name="consentText"
          autoComplete="off"
          maxLength={CONSENT_TEXT_MAX}
          placeholder="By writing to us you accept the privacy notice."
          value={draft.consentText}
          error={errors.consentText}
          onChange={(event) => edit({ consentText: event.target.value })}
        />
        <TextField
          label="Link"
          name="consentUrl"
          type="url"
          autoComplete="off"
          placeholder="https://example.com/privacy"
          value={draft.consentUrl}
          error={errors.consentUrl}
          onChange={(event) => edit({ consentUrl: event.target.value })}
        />
      </Group>
      <Group title="In the chat">
        <Toggle
          label="Files"
          hint="Visitors may attach images and files."
          checked={draft.allowAttachments}
          onChange={(allowAttachments) => edit({ allowAttachments })}
        />
        <Toggle
          label="Location"
          hint="Visitors are offered to share where they are. Nothing is shared without their click."
          checked={draft.askLocation}
          onChange={(askLocation) => edit({ askLocation })}
        />
        <Toggle
          label="Sound"
          hint="Visitors may turn on a sound for answers. It is off until they do."
          checked={draft.sound}
          onChange={(sound) => edit({ sound })}
        />
      </Group>
    </>
  );
}
