"use client";

import { useId, type ReactNode } from "react";
import { FieldError } from "./field";

type CheckGroupProps<Value extends string> = {
  legend: string;
  choices: readonly { value: Value; label: ReactNode; hint?: string }[];
  values: readonly Value[];
  onChange: (values: Value[]) => void;
  error?: string | null;
};

/** Any of a few, each with what it means. Values keep the order of the choices. */
export function CheckGroup<Value extends string>(props: CheckGroupProps<Value>) {
  const { legend, choices, values, onChange, error } = props;
  const errorId = useId();
  return (
    <fieldset className="grid gap-0.5" aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1.5 text-13 font-medium">{legend}</legend>
      {choices.map(({ value, label, hint }) => (
        <label key={value} className="flex items-start gap-2.5 rounded-md py-1 text-13 pointer-coarse:py-2.5">
          <input
            type="checkbox"
            checked={values.includes(value)}
            onChange={(event) =>
              onChange(
                choices
                  .map((choice) => choice.value)
                  .filter((each) => (each === value ? event.target.checked : values.includes(each))),
              )
            }
            className="mt-px size-4 flex-none accent-accent"
          />
          <span className="min-w-0">
            {label}
            {hint ? <span className="block text-12 leading-[1.125rem] text-ink-2">{hint}</span> : null}
          </span>
        </label>
      ))}
      {error ? <FieldError id={errorId}>{error}</FieldError> : null}
    </fieldset>
  );
}
