"use client";

import { INTEGRATIONS_VIEWS, type IntegrationsView } from "@/components/hooks/use-integrations-url";
import { ViewList, viewLinkLook } from "@/components/shell/view-list";
import { isPlainClick } from "@/components/ui/plain-click";

const WORD: Record<IntegrationsView, string> = {
  overview: "Overview",
  keys: "API keys",
  tokens: "Agent tokens",
  webhooks: "Webhooks",
  log: "Event log",
};

type IntegrationsViewsProps = {
  view: IntegrationsView;
  onView: (view: IntegrationsView) => void;
  /** How many a view lists, where that is known. */
  counts: Partial<Record<IntegrationsView, number>>;
};

/** The parts of the page in the sidebar: all of them on one page, or one by itself. */
export function IntegrationsViews({ view, onView, counts }: IntegrationsViewsProps) {
  return (
    <ViewList label="Integrations views">
      {INTEGRATIONS_VIEWS.map((each) => (
        <li key={each}>
          <a
            href={each === "overview" ? "/app/integrations" : `/app/integrations?view=${each}`}
            aria-current={each === view ? "page" : undefined}
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              onView(each);
            }}
            className={viewLinkLook(each === view)}
          >
            {WORD[each]}
            {counts[each] === undefined ? null : (
              <span className="ml-auto text-12 font-normal text-ink-3">{counts[each]}</span>
            )}
          </a>
        </li>
      ))}
    </ViewList>
  );
}
