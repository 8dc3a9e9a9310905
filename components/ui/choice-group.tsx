"use client";

import { useId } from "react";

type Choice<Value extends string> = { value: Value; label: string; hint: string };

type ChoiceGroupProps<Value extends string> = {
  legend: string;
  choices: readonly Choice<Value>[];
  value: Value;
  onChange: (value: Value) => void;
};

/** One of a few, each with what it means. */
export function ChoiceGroup<Value extends string>(props: ChoiceGroupProps<Value>) {
  const name = useId();
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1.5 text-13 font-medium">{props.legend}</legend>
      {props.choices.map(({ value, label, hint }) => (
        <label key={value} className="flex items-start gap-2.5 rounded-md py-1 text-13 pointer-coarse:py-2.5">
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
            className="mt-0.5 size-4 flex-none accent-accent"
          />
          <span>
            {label}
            <span className="block text-12 leading-[1.125rem] text-ink-2">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
