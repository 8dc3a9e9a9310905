"use client";

import { RotateCw, Search } from "lucide-react";
import type { Brand, ConversationRow } from "@/components/hooks/rows";
import type { InboxView } from "@/components/hooks/use-inbox";
import type { LivePages } from "@/components/hooks/use-live-pages";
import { VIEW_STATUSES } from "@/components/shell/inbox-href";
import { ViewLink } from "@/components/shell/view-link";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { Tooltip } from "@/components/ui/tooltip";
import { ConversationList } from "./conversation-list";

type ListPaneProps = {
  view: InboxView;
  brands: readonly Brand[];
  onView: (view: InboxView) => void;
  waiting: LivePages<ConversationRow>;
  answered: LivePages<ConversationRow>;
  unread: ReadonlySet<string>;
  selectedId: string | null;
  hrefOf: (conversationId: string) => string;
  onOpen: (conversationId: string) => void;
  onSearch: () => void;
  now: number;
  operatorName: string;
  /** Nobody has ever written: the pane beside says how to begin. */
  neverUsed: boolean;
};

/** The list pane: which view this is, how many wait, and the conversations. */
export function ListPane(props: ListPaneProps) {
  const { view, waiting, answered } = props;
  const brand = props.brands.find((each) => each._id === view.brandId);
  const title = brand ? brand.name : STATUS_LOOK[view.status].word;
  return (
    <section
      aria-label="Conversations"
      className="flex min-h-0 min-w-0 flex-col bg-surface md:border-r md:border-line"
    >
      <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line pr-2 pl-[18px] max-md:pl-4">
        <h1 className="truncate text-17 font-strong tracking-[-0.008em]" title={title}>
          {title}
        </h1>
        {brand ? <span className="text-13 text-ink-3">{STATUS_LOOK[view.status].word}</span> : null}
        <span className="text-13 whitespace-nowrap text-ink-3">{waitingCount(waiting)}</span>
        <SearchButton onSearch={props.onSearch} />
      </header>
      <nav
        aria-label="Views"
        className="flex flex-none gap-1 overflow-auto border-b border-line px-3 py-2 [scrollbar-width:none] lg:hidden"
      >
        {VIEW_STATUSES.map((status) => (
          <ViewLink
            key={status}
            to={{ status, brandId: view.brandId }}
            onView={props.onView}
            aria-current={status === view.status ? "page" : undefined}
            className={cn(
              "flex h-8 items-center rounded-md px-2.5 text-13 whitespace-nowrap text-ink-2 pointer-coarse:h-11",
              status === view.status &&
                "bg-selected font-strong text-accent-ink shadow-[inset_0_-2px_0_var(--accent)]",
            )}
          >
            {STATUS_LOOK[status].word}
          </ViewLink>
        ))}
      </nav>
      {waiting.status === "failed" || answered.status === "failed" ? (
        <Failed />
      ) : waiting.status === "loading" || answered.status === "loading" ? (
        <ListSkeleton />
      ) : waiting.rows.length + answered.rows.length === 0 ? (
        <Empty view={view} neverUsed={props.neverUsed} onView={props.onView} />
      ) : (
        <ConversationList {...props} />
      )}
    </section>
  );
}

function SearchButton({ onSearch }: Pick<ListPaneProps, "onSearch">) {
  const name = "Search people and messages";
  return (
    <Tooltip content={`${name} (/)`}>
      <Button variant="quiet" size="icon-sm" aria-label={name} onClick={onSearch} className="ml-auto">
        <Search size={16} aria-hidden="true" />
      </Button>
    </Tooltip>
  );
}

/** "4 waiting"; "50+ waiting" while not all of them are loaded; nothing when nobody waits. */
function waitingCount({ rows, complete, status }: LivePages<ConversationRow>): string {
  if (status !== "ready" || rows.length === 0) return "";
  return `${rows.length}${complete ? "" : "+"} waiting`;
}

function Empty({ view, neverUsed, onView }: Pick<ListPaneProps, "view" | "neverUsed" | "onView">) {
  if (neverUsed) {
    return (
      <p className="px-[18px] py-4 text-13 text-ink-3 max-md:hidden">
        New conversations appear here by themselves.
      </p>
    );
  }
  return (
    <div className="px-[30px] py-8 max-md:px-4">
      {view.status === "open" ? (
        <EmptyState
          title="Nobody is waiting"
          actions={
            <Button asChild>
              <ViewLink to={{ status: "resolved", brandId: view.brandId }} onView={onView}>
                See resolved
              </ViewLink>
            </Button>
          }
        >
          New conversations appear here by themselves.
        </EmptyState>
      ) : (
        <EmptyState title={`Nothing is ${STATUS_LOOK[view.status].word.toLowerCase()}`}>
          {EMPTY_HINT[view.status]}
        </EmptyState>
      )}
    </div>
  );
}

const EMPTY_HINT: Record<Exclude<InboxView["status"], "open">, string> = {
  snoozed: "Snoozed conversations wait here and come back to Open.",
  resolved: "Resolved conversations are kept here. A visitor who writes again opens theirs.",
  closed: "Closed conversations are kept here. A visitor who writes again opens theirs.",
};

function Failed() {
  return (
    <div role="alert" className="px-[30px] py-8 max-md:px-4">
      <EmptyState
        failed
        title="The conversations did not load"
        actions={
          <Button variant="main" onClick={() => window.location.reload()}>
            <RotateCw size={14} aria-hidden="true" />
            Load again
          </Button>
        }
      >
        The server could not list them. Your drafts are safe on this computer.
      </EmptyState>
    </div>
  );
}

function ListSkeleton() {
  return (
    <LoadingAfterDelay label="Loading conversations">
      <div className="grid gap-[18px] py-4 pr-3.5 pl-[30px]">
        {["w-[46%]", "w-[28%]", "w-[36%]", "w-[52%]", "w-[30%]"].map((width) => (
          <div key={width} className="grid gap-[7px]">
            <SkeletonLine className={width} />
            <SkeletonLine className="w-[92%] opacity-70" />
            <SkeletonLine className="w-[30%] opacity-45" />
          </div>
        ))}
      </div>
    </LoadingAfterDelay>
  );
}
