"use client";

import { useId, useState, type KeyboardEvent } from "react";
import { cn } from "@/components/ui/cn";
import { CopyButton } from "@/components/ui/copy-button";

export type Sample = { label: string; text: string };

/** The same thing in one or more languages. All of them are in the page, so that a search finds each. */
export function CodeSample({ name, samples }: { name: string; samples: readonly Sample[] }) {
  const id = useId();
  const [chosen, setChosen] = useState(0);
  const shown = samples[chosen] ?? samples[0];
  if (shown === undefined) return null;
  const several = samples.length > 1;

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (chosen + step + samples.length) % samples.length;
    setChosen(next);
    document.getElementById(`${id}-tab-${next}`)?.focus();
  }

  return (
    <div className="my-3 overflow-hidden rounded-md border border-line">
      <div className="flex min-h-9 items-center gap-4 border-b border-line pr-1.5 pl-3.5 text-13">
        {several ? (
          <div role="tablist" aria-label={name} className="flex gap-4" onKeyDown={onKeyDown}>
            {samples.map(({ label }, index) => (
              <button
                key={label}
                id={`${id}-tab-${index}`}
                type="button"
                role="tab"
                aria-selected={index === chosen}
                aria-controls={`${id}-panel-${index}`}
                tabIndex={index === chosen ? 0 : -1}
                onClick={() => setChosen(index)}
                className={cn(
                  "h-9 text-ink-2 hover:text-ink",
                  index === chosen && "font-strong text-ink shadow-[inset_0_-3px_0_var(--accent)]",
                )}
              >
                {label}
              </button>
            ))}
          </div>
        ) : (
          <span className="text-ink-2">{shown.label}</span>
        )}
        <span className="ml-auto">
          <CopyButton text={shown.text} label={`Copy: ${name}, ${shown.label}`} variant="quiet" size="sm" />
        </span>
      </div>
      {samples.map(({ label, text }, index) => (
        <pre
          key={label}
          id={`${id}-panel-${index}`}
          role={several ? "tabpanel" : undefined}
          aria-labelledby={several ? `${id}-tab-${index}` : undefined}
          aria-label={several ? undefined : name}
          hidden={index !== chosen}
          tabIndex={0}
          className="overflow-auto bg-sunk px-3.5 py-3 font-mono text-13 leading-5 font-[450] tracking-[-0.035em]"
        >
          <code className="text-[1em]">{text}</code>
        </pre>
      ))}
    </div>
  );
}
