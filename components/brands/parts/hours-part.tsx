"use client";

import { useId } from "react";
import { cn } from "@/components/ui/cn";
import { FieldError, TextField, box, boxFocus } from "@/components/ui/field";
import type { BusinessHours, DayHours } from "@/lib/widget-settings";
import { Group, Toggle, type PartProps } from "./part";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const OFFICE: DayHours = { open: "09:00", close: "17:00" };

/** Monday to Friday in the zone of this browser. */
const officeHours = (): BusinessHours => ({
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  days: DAYS.map((_, day) => (day < 5 ? OFFICE : null)),
});

/** When somebody answers. */
export function HoursPart({ draft: { businessHours, mailAnswers }, errors, edit }: PartProps) {
  const zones = useId();
  return (
    <Group
      title="Business hours"
      hint="Outside of them the widget says that nobody is there, and until when; visitors can leave a message."
    >
      <Toggle
        label="Only at these times"
        hint="Off: the widget never says that nobody is there."
        checked={businessHours !== null}
        onChange={(on) => edit({ businessHours: on ? officeHours() : null })}
      />
      {businessHours === null ? null : (
        <>
          <TextField
            label="Time zone"
            name="businessHours"
            list={zones}
            autoComplete="off"
            spellCheck={false}
            placeholder="Europe/Berlin"
            value={businessHours.timezone}
            onChange={(event) => edit({ businessHours: { ...businessHours, timezone: event.target.value } })}
            className="max-w-72"
          />
          <datalist id={zones}>
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <div className="grid gap-1">
            {DAYS.map((name, day) => (
              <DayRow
                key={name}
                name={name}
                hours={businessHours.days[day] ?? null}
                onChange={(hours) =>
                  edit({
                    businessHours: {
                      ...businessHours,
                      days: businessHours.days.map((each, index) => (index === day ? hours : each)),
                    },
                  })
                }
              />
            ))}
          </div>
          {errors.businessHours ? <FieldError>{errors.businessHours}</FieldError> : null}
        </>
      )}
      <Toggle
        label="Mail unread answers"
        hint="An answer that is not read within some minutes goes to the email that the visitor left, where this server sends mail."
        checked={mailAnswers}
        onChange={(on) => edit({ mailAnswers: on })}
      />
    </Group>
  );
}

type DayRowProps = { name: string; hours: DayHours | null; onChange: (hours: DayHours | null) => void };

function DayRow({ name, hours, onChange }: DayRowProps) {
  return (
    <div className="flex min-h-[var(--control-h)] flex-wrap items-center gap-x-3 gap-y-1 text-13">
      <label className="flex w-32 items-center gap-2.5 pointer-coarse:py-2.5">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={(event) => onChange(event.target.checked ? OFFICE : null)}
          className="size-4 flex-none accent-accent"
        />
        {name}
      </label>
      {hours === null ? (
        <span className="text-ink-2">closed</span>
      ) : (
        <span className="flex items-center gap-2">
          <TimeInput
            label={`${name}, from`}
            value={hours.open}
            onChange={(open) => onChange({ ...hours, open })}
          />
          to
          <TimeInput
            label={`${name}, to`}
            value={hours.close}
            onChange={(close) => onChange({ ...hours, close })}
          />
        </span>
      )}
    </div>
  );
}

type TimeInputProps = { label: string; value: string; onChange: (time: string) => void };

/** A text field and not the browser's own for times, which knows no 24:00. */
function TimeInput({ label, value, onChange }: TimeInputProps) {
  return (
    <input
      aria-label={label}
      name="businessHours"
      inputMode="numeric"
      autoComplete="off"
      maxLength={5}
      placeholder="09:00"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={cn(box, boxFocus, "w-20")}
    />
  );
}
