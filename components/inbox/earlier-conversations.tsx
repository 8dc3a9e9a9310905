"use client";

import Link from "next/link";
import { timeOrDate } from "@/components/format/time";
import { useInboxUrl } from "@/components/hooks/use-inbox-url";
import { useConversationsOfVisitor } from "@/components/hooks/use-visitor-panel";
import { Button } from "@/components/ui/button";
import { StatusLabel } from "@/components/ui/status-label";

type EarlierConversationsProps = { conversationId: string; now: number };

/** The visitor's other conversations, each a link; a visitor who never wrote before shows nothing. */
export function EarlierConversations({ conversationId, now }: EarlierConversationsProps) {
  const { rows, status, canLoadMore, loadMore } = useConversationsOfVisitor(conversationId);
  const { hrefOf } = useInboxUrl();
  if (status === "failed") {
    return <p className="px-[18px] py-[13px] text-13 text-ink-2">The other conversations did not load.</p>;
  }
  if (rows.length === 0) return null;
  return (
    <section className="border-b border-line-faint px-[18px] py-[13px] text-13 last:border-0">
      <h2 className="mb-[7px] text-13 font-strong">Other conversations</h2>
      <ul className="grid gap-2">
        {rows.map((row) => (
          <li key={row._id} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
            <Link className="link truncate" href={hrefOf(row._id)} title={row.lastMessage?.preview}>
              {row.lastMessage?.preview || "No messages"}
            </Link>
            <StatusLabel status={row.status} className="text-12" />
            {now === 0 ? null : (
              <span className="text-12 text-ink-3">{timeOrDate(row.lastMessageAt, { now })}</span>
            )}
          </li>
        ))}
      </ul>
      {canLoadMore ? (
        <Button variant="quiet" size="sm" className="mt-2 -ml-2" onClick={loadMore}>
          Show more
        </Button>
      ) : null}
    </section>
  );
}
