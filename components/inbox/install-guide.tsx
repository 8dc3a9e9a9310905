"use client";

import { FirstStepList } from "@/components/first-steps/first-step-list";
import { widgetSnippet } from "@/components/format/widget-snippet";
import type { Brand } from "@/components/hooks/rows";
import { useFirstSteps } from "@/components/hooks/use-first-steps";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Snippet } from "@/components/ui/snippet";

/** What to do before the first conversation: put the widget on a page, or try it on ours. */
export function InstallGuide({ brand, webUrl }: { brand: Brand; webUrl: string }) {
  const steps = useFirstSteps();
  const snippet = widgetSnippet(webUrl, brand.widgetId);
  return (
    <div className="grid max-w-[640px] gap-5">
      <EmptyState title="No conversations yet">
        Put the widget of {brand.name} on a page, just before <code>&lt;/body&gt;</code>. What visitors write
        there appears here by itself.
      </EmptyState>
      <Snippet label="Widget snippet" code={snippet} />
      <div className="flex flex-wrap items-center gap-3">
        <CopyButton text={snippet} label="Copy the snippet" />
        <a className="link" href={`/demo?widget=${brand.widgetId}`} target="_blank" rel="noreferrer">
          Open a demo page that carries it
        </a>
      </div>
      {steps === null ? null : <FirstStepList steps={steps} />}
    </div>
  );
}
