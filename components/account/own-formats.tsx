"use client";

import { fullTime } from "@/components/format/time";
import { numberText } from "@/components/format/formats";
import { reasonOf } from "@/components/hooks/refusals";
import { useNow } from "@/components/hooks/use-now";
import { useChangePreferences, usePreferences } from "@/components/hooks/use-preferences";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { SectionHead } from "@/components/ui/section-head";
import { SelectField } from "@/components/ui/select-field";
import { toastFailure } from "@/components/ui/toaster";
import type { Preferences } from "@/convex/validators/preferences";
import { FORMAT_LOCALES } from "@/lib/formats";

const SAMPLE = 1234.5;

/** In whose way this person reads dates, times and numbers. The words of the pages stay English. */
export function OwnFormats() {
  const preferences = usePreferences();
  return (
    <section aria-labelledby="formats">
      <SectionHead
        id="formats"
        title="Dates and numbers"
        hint="How they are shown to you, on every computer."
      />
      {preferences.status === "failed" ? (
        <SectionFailed title="Your choice did not load">The server could not read it.</SectionFailed>
      ) : preferences.status === "loading" ? (
        <SectionLoading label="Loading your choice" />
      ) : (
        <Choices {...preferences.data} />
      )}
    </section>
  );
}

/** "German (Germany)" by the tag. */
const namesOfLocales = () => {
  const names = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" });
  return FORMAT_LOCALES.map((tag) => ({ tag, name: names.of(tag) ?? tag })).sort((a, b) =>
    a.name.localeCompare(b.name, "en"),
  );
};

/** Those that the browser lists; it leaves UTC out, and names of its own for what another browser has chosen. */
const zones = (chosen: string | undefined): string[] =>
  [
    ...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...(chosen === undefined ? [] : [chosen])]),
  ].sort();

function Choices({ locale, timeZone }: Preferences) {
  const change = useChangePreferences();
  const now = useNow();
  const set = (next: Parameters<typeof change>[0]) =>
    void change(next).catch((error: unknown) => toastFailure(reasonOf(error)));
  return (
    <div className="grid max-w-[420px] gap-3.5">
      <SelectField
        label="Formats of"
        value={locale ?? ""}
        onChange={(event) => set({ locale: event.target.value || null })}
      >
        <option value="">This browser&apos;s language</option>
        {namesOfLocales().map(({ tag, name }) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Time zone"
        hint="Also of the times that you snooze until, and of the days of your analytics."
        value={timeZone ?? ""}
        onChange={(event) => set({ timeZone: event.target.value || null })}
      >
        <option value="">This computer&apos;s time zone</option>
        {zones(timeZone).map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </SelectField>
      <p role="status" className="text-13 text-ink-2">
        Now: {fullTime(now, { locale, timeZone })}. A number: {numberText(SAMPLE, locale)}
      </p>
    </div>
  );
}
