"use client";

import { TextAreaField } from "@/components/ui/field";
import { Sightings } from "../sightings";
import { Group, type PartProps } from "./part";

/** Which pages may carry the widget, beside those that have asked for it. */
export function PagesPart({ draft, errors, edit, brandId }: PartProps & { brandId: string }) {
  return (
    <>
      <Group title="Allowed pages">
        <TextAreaField
          label="Origins"
          name="origins"
          rows={5}
          spellCheck={false}
          placeholder={"https://example.com\nhttps://shop.example.com"}
          hint="One to a line; a whole address counts as its origin. Empty: any page may carry the widget."
          value={draft.origins}
          error={errors.origins}
          onChange={(event) => edit({ origins: event.target.value })}
          className="font-mono text-13"
        />
      </Group>
      <Group title="Pages that asked for it">
        <Sightings brandId={brandId} />
      </Group>
    </>
  );
}
