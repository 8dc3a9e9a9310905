"use client";

import { RotateCw, Search } from "lucide-react";
import type { Assignee, Brand, ConversationRow } from "@/components/hooks/rows";
import type { LivePages } from "@/components/hooks/use-live-pages";
import { NAMED_VIEWS, isSameView, type InboxView } from "@/components/shell/inbox-view";
import { ViewLink } from "@/components/shell/view-link";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { Tooltip } from "@/components/ui/tooltip";
import { ConversationList } from "./conversation-list";
import { SelectionBar } from "./selection-bar";
import type { ListSelection } from "./use-selection";
import { FilterMenu, SortMenu } from "./view-menus";
import { viewTitle } from "./view-names";

type ListPaneProps = {
  view: InboxView;
  brands: readonly Brand[];
  assignees: readonly Assignee[];
  tags: readonly string[];
  onView: (view: InboxView) => void;
  waiting: LivePages<ConversationRow>;
  rest: LivePages<ConversationRow>;
  unread: ReadonlySet<string>;
  selectedId: string | null;
  hrefOf: (conversationId: string) => string;
  onOpen: (conversationId: string) => void;
  onSearch: () => void;
  now: number;
  selection: ListSelection;
  /** Nobody has ever written: the pane beside says how to begin. */
  neverUsed: boolean;
};

/** The list pane: which view this is, how many wait, and the conversations. */
export function ListPane(props: ListPaneProps) {
  const { view, onView, brands, assignees, tags, waiting, rest } = props;
  const { title, rest: subtitle } = viewTitle(view, { brands, assignees });
  return (
    <section
      aria-label="Conversations"
      className="flex min-h-0 min-w-0 flex-col bg-surface md:border-r md:border-line"
    >
      <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line pr-2 pl-[18px] max-md:pl-4">
        <h1 className="truncate text-17 font-strong tracking-[-0.008em]" title={title}>
          {title}
        </h1>
        {subtitle.map((text) => (
          <span key={text} className="truncate text-13 text-ink-3" title={text}>
            {text}
          </span>
        ))}
        <span className="text-13 whitespace-nowrap text-ink-3">{waitingCount(waiting)}</span>
        <span className="ml-auto flex flex-none">
          <SearchButton onSearch={props.onSearch} />
          <SortMenu view={view} onView={onView} />
          <FilterMenu view={view} onView={onView} brands={brands} assignees={assignees} tags={tags} />
        </span>
      </header>
      <nav
        aria-label="Views"
        className="flex flex-none gap-1 overflow-auto border-b border-line px-3 py-2 [scrollbar-width:none] lg:hidden"
      >
        {NAMED_VIEWS.map(({ name, view: named }) => {
          const to = { ...named, brandId: view.brandId, sort: view.sort };
          const current = isSameView(to, view);
          return (
            <ViewLink
              key={name}
              to={to}
              onView={onView}
              aria-current={current ? "page" : undefined}
              className={cn(
                "flex h-8 items-center rounded-md px-2.5 text-13 whitespace-nowrap text-ink-2 pointer-coarse:h-11",
                current && "bg-selected font-strong text-accent-ink shadow-[inset_0_-2px_0_var(--accent)]",
              )}
            >
              {name}
            </ViewLink>
          );
        })}
      </nav>
      {waiting.status === "failed" || rest.status === "failed" ? (
        <Failed />
      ) : waiting.status === "loading" || rest.status === "loading" ? (
        <ListSkeleton />
      ) : waiting.rows.length + rest.rows.length === 0 ? (
        <Empty view={view} neverUsed={props.neverUsed} onView={onView} />
      ) : (
        <ConversationList key={JSON.stringify(view)} {...props} />
      )}
      {props.selection.rows.length > 0 ? <SelectionBar selection={props.selection} /> : null}
    </section>
  );
}

function SearchButton({ onSearch }: Pick<ListPaneProps, "onSearch">) {
  const name = "Search people and messages";
  return (
    <Tooltip content={`${name} (/)`}>
      <Button variant="quiet" size="icon-sm" aria-label={name} onClick={onSearch}>
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
      {view.status === "open" && view.narrowing === null ? (
        <EmptyState
          title="Nobody is waiting"
          actions={
            <Button asChild>
              <ViewLink to={{ ...view, status: "resolved" }} onView={onView}>
                See resolved
              </ViewLink>
            </Button>
          }
        >
          {EMPTY_HINT.open}
        </EmptyState>
      ) : view.narrowing === null ? (
        <EmptyState title={`Nothing is ${STATUS_LOOK[view.status].word.toLowerCase()}`}>
          {EMPTY_HINT[view.status]}
        </EmptyState>
      ) : (
        <EmptyState
          title={view.narrowing.by === "waiting" ? "Nobody is waiting" : "Nothing is in this view"}
          actions={
            <Button asChild>
              <ViewLink to={{ ...view, narrowing: null }} onView={onView}>
                {`See all ${STATUS_LOOK[view.status].word.toLowerCase()}`}
              </ViewLink>
            </Button>
          }
        >
          Conversations appear here by themselves when they belong here.
        </EmptyState>
      )}
    </div>
  );
}

const EMPTY_HINT: Record<InboxView["status"], string> = {
  open: "New conversations appear here by themselves.",
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
