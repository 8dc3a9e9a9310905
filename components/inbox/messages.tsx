"use client";

import { ArrowDown, RotateCw } from "lucide-react";
import { memo, useEffect, useMemo, useState } from "react";
import { shortName, visitorName } from "@/components/format/people";
import { clockTime, timeOrDate } from "@/components/format/time";
import type { ConversationRow, MessageRow } from "@/components/hooks/rows";
import type { LivePages } from "@/components/hooks/use-live-pages";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { MessageTurn, SystemLine } from "./message-turn";
import type { OutboxEntry } from "./outbox";
import { transcript } from "./transcript";
import { useFollowEnd } from "./use-follow-end";

type MessagesProps = {
  conversation: ConversationRow;
  messages: LivePages<MessageRow>;
  outbox: readonly OutboxEntry[];
  operator: { _id: string; name: string };
  now: number;
  offline: boolean;
  pageVisible: boolean;
  isVisitorTyping: boolean;
  /** Of the newest message that the visitor has read. */
  readSequence: number;
  /** Of the message that a link led to; null: none. */
  linkedId: string | null;
};

/** The thread as a transcript. Mount it anew for each conversation. Typing in the composer does not draw it again. */
export const Messages = memo(function Messages(props: MessagesProps) {
  const { conversation, messages, outbox, operator, now, offline } = props;
  const visitor = visitorName(conversation.visitor);
  const last = messages.rows[messages.rows.length - 1];
  const { scroller, content, away, toEnd } = useFollowEnd(
    messages.rows[0]?._id,
    outbox[outbox.length - 1]?.clientMessageId ?? last?._id,
  );
  const { seenUpTo, unseen } = useSeenPosition(messages.rows, away || !props.pageVisible, away);
  const items = useMemo(
    () => transcript({ messages: messages.rows, outbox, operator, seenUpTo }, { now }),
    [messages.rows, outbox, operator, seenUpTo, now],
  );

  // One's own message is always worth seeing.
  const sending = outbox.length;
  useEffect(() => {
    if (sending > 0) toEnd();
  }, [sending, toEnd]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Messages"
        className="min-h-0 flex-1 overflow-auto pr-5 [overflow-anchor:none] focus-visible:outline-offset-[-2px] max-md:px-4"
      >
        <div ref={content} className="pt-4 pb-1.5">
          <Earlier messages={messages} />
          {messages.status === "loading" ? null : (
            <div role="log" aria-label={`Conversation with ${visitor}`}>
              {items.map((item) => {
                switch (item.kind) {
                  case "day":
                    return (
                      <p key={item.key} className="mb-2.5 text-12 text-ink-3 md:pl-[68px]">
                        {item.text}
                      </p>
                    );
                  case "fresh":
                    return <FreshLine key={item.key} />;
                  case "turn":
                    return (
                      <MessageTurn
                        key={item.key}
                        turn={item.turn}
                        visitor={visitor}
                        offline={offline}
                        linked={props.linkedId !== null && item.turn.messageId === props.linkedId}
                      />
                    );
                }
              })}
            </div>
          )}
          <VisitorLine
            name={conversation.visitor?.name ? shortName(conversation.visitor) : "The visitor"}
            isTyping={props.isVisitorTyping}
            hasRead={last?.role === "operator" && last.sequence <= props.readSequence && outbox.length === 0}
          />
          <StatusLine conversation={conversation} now={now} />
        </div>
      </div>
      {unseen > 0 ? (
        <Button
          size="sm"
          onClick={toEnd}
          className="absolute bottom-2 left-[88px] shadow-md max-md:left-1/2 max-md:-translate-x-1/2"
        >
          <ArrowDown size={14} aria-hidden="true" />
          {unseen} new
        </Button>
      ) : null}
    </div>
  );
});

/**
 * Where the reader was when they looked away: the last sequence seen, and how many came after it that they still have
 * not scrolled to. Back at the end of a visible page, everything is seen; the line stays until they look away again.
 */
function useSeenPosition(rows: readonly MessageRow[], lookingAway: boolean, away: boolean) {
  const newest = rows[rows.length - 1]?.sequence ?? 0;
  const [seen, setSeen] = useState<{ upTo: number; wasAway: boolean } | null>(null);
  if (lookingAway && (seen === null || !seen.wasAway)) setSeen({ upTo: newest, wasAway: true });
  if (!lookingAway && seen?.wasAway) setSeen(newest > seen.upTo ? { ...seen, wasAway: false } : null);
  const seenUpTo = seen !== null && newest > seen.upTo ? seen.upTo : null;
  const unseen = away && seenUpTo !== null ? rows.filter((row) => row.sequence > seenUpTo).length : 0;
  return { seenUpTo, unseen };
}

function FreshLine() {
  return (
    <div className="mb-3 flex max-w-[820px] items-center gap-2 text-12 text-accent-ink md:pl-[68px]">
      <span className="h-[3px] w-2.5 bg-accent" />
      New
      <span className="h-px flex-1 bg-accent-line" />
    </div>
  );
}

function Earlier({ messages }: { messages: LivePages<MessageRow> }) {
  if (messages.status === "loading") return <ThreadSkeleton />;
  if (messages.status === "failed") {
    return (
      <div role="alert" className="mb-4 md:pl-[68px]">
        <EmptyState
          failed
          title="The messages did not load"
          actions={
            <Button variant="main" onClick={() => window.location.reload()}>
              <RotateCw size={14} aria-hidden="true" />
              Load again
            </Button>
          }
        >
          Nothing is lost: the server could not read them just now.
        </EmptyState>
      </div>
    );
  }
  if (messages.complete) return null;
  return (
    <div className="mb-3 md:pl-[60px]">
      <Button variant="quiet" size="sm" busy={!messages.canLoadMore} onClick={() => messages.loadMore()}>
        {messages.canLoadMore ? "Load earlier messages" : "Loading earlier messages"}
      </Button>
    </div>
  );
}

/** What the visitor does at the end of the thread: writes, or has read the answer. */
function VisitorLine({ name, isTyping, hasRead }: { name: string; isTyping: boolean; hasRead: boolean }) {
  return (
    <p role="status" className="mb-3 text-12 leading-[1.125rem] text-ink-3 empty:hidden md:pl-[68px]">
      {isTyping ? `${name} is writing…` : hasRead ? `${name} has read this.` : null}
    </p>
  );
}

/** What the conversation's state means for both sides, at the end of the thread; an open one says nothing. */
function StatusLine({ conversation, now }: { conversation: ConversationRow; now: number }) {
  const { status, statusChangedAt } = conversation;
  if (status === "open" || statusChangedAt === undefined || now === 0) return null;
  const word = STATUS_LOOK[status].word;
  const sameDay = timeOrDate(statusChangedAt, { now }) === clockTime(statusChangedAt);
  const when = sameDay ? `at ${clockTime(statusChangedAt)}` : `on ${timeOrDate(statusChangedAt, { now })}`;
  const who = conversation.visitor?.name ? shortName(conversation.visitor) : "The visitor";
  return (
    <SystemLine text={`${word} ${when}. ${who} can still write; that opens it again.`} at={statusChangedAt} />
  );
}

function ThreadSkeleton() {
  return (
    <LoadingAfterDelay label="Loading messages">
      <div className="grid max-w-[820px] gap-6 md:pl-[68px]">
        {["w-[70%]", "w-[54%]", "w-[62%]"].map((width) => (
          <div key={width} className="grid gap-2 border-l border-line pl-4">
            <SkeletonLine className="w-[18%]" />
            <SkeletonLine className={width} />
          </div>
        ))}
      </div>
    </LoadingAfterDelay>
  );
}
