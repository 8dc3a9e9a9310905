"use client";

import { useId, useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { TabList, tabIds } from "@/components/ui/tabs";

export type Sample = { label: string; text: string };

/** The same thing in one or more languages. All of them are in the page, so that a search finds each. */
export function CodeSample({ name, samples }: { name: string; samples: readonly Sample[] }) {
  const id = useId();
  const [chosen, setChosen] = useState(0);
  const shown = samples[chosen] ?? samples[0];
  if (shown === undefined) return null;
  const several = samples.length > 1;

  return (
    <div className="my-3 overflow-hidden rounded-md border border-line">
      <div className="flex min-h-9 items-center gap-4 border-b border-line pr-1.5 pl-3.5 text-13">
        {several ? (
          <TabList
            name={name}
            labels={samples.map(({ label }) => label)}
            chosen={chosen}
            onChoose={setChosen}
            id={id}
            className="h-9"
          />
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
          id={tabIds(id, index).panel}
          role={several ? "tabpanel" : undefined}
          aria-labelledby={several ? tabIds(id, index).tab : undefined}
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
