"use client";

import { useId, type ReactNode } from "react";
import { cn } from "./cn";

type SegmentsProps<Value extends string> = {
  legend: string;
  /** For a legend that what stands around it says already. */
  hideLegend?: boolean;
  choices: readonly { value: Value; label: ReactNode }[];
  value: Value;
  onChange: (value: Value) => void;
};

/** One of a few that need no explanation, side by side. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { legend, hideLegend = false, choices, value, onChange } = props;
  const name = useId();
  return (
    <fieldset className="grid min-w-0 justify-items-start">
      <legend className={hideLegend ? "sr-only" : "mb-[5px] text-13 font-medium"}>{legend}</legend>
      <span className="inline-flex max-w-full flex-wrap overflow-hidden rounded-md border border-line-control">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              "relative flex h-[calc(var(--control-h-sm)-2px)] items-center gap-1.5 px-2.5 text-13 not-first:border-l not-first:border-line",
              "has-[:focus-visible]:outline-2 has-[:focus-visible]:-outline-offset-2 has-[:focus-visible]:outline-focus",
              choice.value === value
                ? "bg-selected font-strong text-accent-ink shadow-[inset_0_-3px_0_var(--accent)]"
                : "bg-raised text-ink-2 hover:bg-hover",
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="absolute inset-0 cursor-pointer appearance-none outline-none"
            />
            {choice.label}
          </label>
        ))}
      </span>
    </fieldset>
  );
}
