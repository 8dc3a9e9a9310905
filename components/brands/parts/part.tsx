import type { ReactNode } from "react";
import type { BrandDraft, BrandErrors } from "../draft";

/** What each part of a brand's page gets. */
export type PartProps = {
  draft: BrandDraft;
  /** Of fields that were left, or that a try to save has shown. */
  errors: BrandErrors;
  edit: (change: Partial<BrandDraft>) => void;
};

/** A group of settings under its name, parted from the next by a hairline. */
export function Group({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid gap-4 border-line pb-6 not-first:border-t not-first:pt-6" aria-label={title}>
      <div>
        <h2 className="text-14 font-strong">{title}</h2>
        {hint ? <p className="mt-0.5 max-w-[68ch] text-13 text-ink-2">{hint}</p> : null}
      </div>
      {children}
    </section>
  );
}

/** A setting that is on or off. */
export function Toggle(props: {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="flex items-start gap-2.5 py-1 text-13 pointer-coarse:py-2.5">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
        className="mt-0.5 size-4 flex-none accent-accent"
      />
      <span className="min-w-0">
        {props.label}
        <span className="block text-12 leading-[1.125rem] text-ink-2">{props.hint}</span>
      </span>
    </label>
  );
}
