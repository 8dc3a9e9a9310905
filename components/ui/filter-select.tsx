"use client";

import { InlineSelect } from "./inline-select";

type FilterSelectProps<Value extends string> = {
  label: string;
  /** What is chosen while nothing is: "All brands". */
  all: string;
  choices: readonly { value: Value; label: string }[];
  /** Null: everything. */
  value: Value | null;
  onChange: (value: Value | null) => void;
};

/** A small choice in a bar: everything, or what is of one kind. */
export function FilterSelect<Value extends string>(props: FilterSelectProps<Value>) {
  const { label, all, choices, value, onChange } = props;
  return (
    <InlineSelect
      label={label}
      active={value !== null}
      value={value ?? ""}
      onChange={(event) => onChange(choices.find((each) => each.value === event.target.value)?.value ?? null)}
    >
      <option value="">{all}</option>
      {choices.map((each) => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </InlineSelect>
  );
}

/** Rows with a name as choices. */
export const namedChoices = (rows: readonly { _id: string; name: string }[]) =>
  rows.map(({ _id, name }) => ({ value: _id, label: name }));
