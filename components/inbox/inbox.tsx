"use client";

import { useCallback, useEffect, useMemo } from "react";
import { useConnection } from "@/components/hooks/use-connection";
import {
  useAssignees,
  useBrands,
  useConversation,
  useInboxLists,
  useNeverUsed,
  useTags,
  useUnread,
} from "@/components/hooks/use-inbox";
import { useInboxUrl } from "@/components/hooks/use-inbox-url";
import { useSearchUrl } from "@/components/hooks/use-search-url";
import { useNow } from "@/components/hooks/use-now";
import { KeysPaused, useKeys } from "@/components/keys/keys-provider";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { OPEN_VIEW, isSameView, type InboxView } from "@/components/shell/inbox-view";
import { cn } from "@/components/ui/cn";
import { ConversationView } from "./conversation-view";
import { InboxViews } from "./inbox-views";
import { InstallGuide } from "./install-guide";
import { ListPane } from "./list-pane";
import { NoConversation } from "./no-conversation";
import { useSelection } from "./use-selection";
import { SEARCH_KEY, SearchPane } from "./search/search-pane";

/** The inbox: the conversations of a view, the open one, and the visitor. Everything on it is live. */
export function Inbox() {
  const { webUrl } = useSession();
  const { view, conversationId, show, hrefOf } = useInboxUrl();
  const { query, messageId, ask, begin, open, leave } = useSearchUrl();
  const { waiting, rest } = useInboxLists(view);
  const brands = useBrands();
  const assignees = useAssignees();
  const tags = useTags();
  const conversation = useConversation(conversationId);
  const now = useNow();
  const connection = useConnection();
  const shownRows = useMemo(() => [...waiting.rows, ...rest.rows], [waiting.rows, rest.rows]);
  const selection = useSelection(shownRows, JSON.stringify(view), conversationId);
  const shownIds = shownRows.map((row) => row._id as string);
  const unread = useUnread(conversation.data ? [...new Set([...shownIds, conversation.data._id])] : shownIds);

  const openIsEmpty =
    isSameView(view, OPEN_VIEW) &&
    waiting.status === "ready" &&
    rest.status === "ready" &&
    shownRows.length === 0;
  const neverUsed = useNeverUsed(openIsEmpty);
  const brand = brands.data?.[0];
  const guide = neverUsed && brand ? <InstallGuide brand={brand} webUrl={webUrl} /> : null;

  const close = useCallback(() => {
    const leaving = conversationId;
    open(null);
    // Back to the row that was open, so that J and K go on from there; unless a key has moved on meanwhile.
    requestAnimationFrame(() => {
      if (document.activeElement?.closest("[data-conversation]")) return;
      document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(leaving ?? "")}"]`)?.focus();
    });
  }, [conversationId, open]);
  const showView = (next: InboxView) => {
    leave();
    show(next);
  };
  useKeys(useMemo(() => (query === null ? [{ ...SEARCH_KEY, run: begin }] : []), [query, begin]));
  useEffect(() => {
    const name = conversation.data?.visitor?.name;
    document.title = name ? `${name} · Inbox · PraxTalk` : "Inbox · PraxTalk";
  }, [conversation.data?.visitor?.name]);

  return (
    <AppShell
      section="inbox"
      views={<InboxViews view={view} brands={brands.data ?? []} tags={tags} onView={showView} />}
      onCurrent={() => showView(OPEN_VIEW)}
      hideTabs={conversationId !== null}
    >
      <div
        className={cn(
          "grid h-full min-h-0 grid-cols-[minmax(0,1fr)] md:grid-cols-[316px_minmax(0,1fr)] xl:grid-cols-[var(--list-w)_minmax(0,1fr)_auto]",
          guide && "max-md:grid-rows-[auto_minmax(0,1fr)]",
        )}
      >
        <div className={cn("grid min-h-0 min-w-0", conversationId !== null && "max-md:hidden")}>
          {query === null ? (
            <ListPane
              view={view}
              brands={brands.data ?? []}
              assignees={assignees}
              tags={tags}
              onView={showView}
              waiting={waiting}
              rest={rest}
              unread={unread}
              selectedId={conversationId}
              hrefOf={hrefOf}
              onOpen={open}
              onSearch={begin}
              now={now}
              selection={selection}
              neverUsed={neverUsed}
            />
          ) : (
            <SearchPane
              query={query}
              brand={brands.data?.find((each) => each._id === view.brandId) ?? null}
              conversationId={conversationId}
              messageId={messageId}
              now={now}
              onQuery={ask}
              onOpen={open}
              onLeave={leave}
            />
          )}
        </div>
        {conversationId === null ? (
          <NoConversation guide={guide} />
        ) : (
          <KeysPaused when={selection.rows.length > 0}>
            <ConversationView
              conversation={conversation}
              row={shownRows.find((row) => row._id === conversationId)}
              unread={unread.has(conversationId)}
              now={now}
              offline={connection === "lost"}
              onBack={close}
            />
          </KeysPaused>
        )}
      </div>
    </AppShell>
  );
}
