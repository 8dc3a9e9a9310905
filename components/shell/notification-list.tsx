"use client";

import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { fullTime, timeOrDate } from "@/components/format/time";
import { useActivity, useMarkActivityRead, useMarkAllActivityRead } from "@/components/hooks/use-activity";
import { useNow } from "@/components/hooks/use-now";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import type { NotificationRow } from "@/convex/validators";

type NotificationListProps = {
  unread: number;
  /** A notification was followed to its place. */
  onLeave: () => void;
};

/** What happened that somebody should know of, newest first. Each leads to its place and is read then. */
export function NotificationList({ unread, onLeave }: NotificationListProps) {
  const activity = useActivity();
  const markRead = useMarkActivityRead();
  const markAll = useMarkAllActivityRead();
  const now = useNow();
  return (
    <>
      <header className="flex min-h-11 flex-none items-center gap-2 border-b border-line pr-2 pl-4">
        <h2 id="notifications" className="text-14 font-strong">
          Notifications
        </h2>
        {unread > 0 ? (
          <Button variant="quiet" size="sm" className="ml-auto" onClick={() => void markAll({})}>
            Mark all read
          </Button>
        ) : null}
      </header>
      {activity.status === "failed" ? (
        <div role="alert" className="p-4">
          <EmptyState failed heading="h3" title="The notifications did not load">
            The server could not list them. Open this again in a moment.
          </EmptyState>
        </div>
      ) : activity.status === "loading" ? (
        <LoadingAfterDelay label="Loading notifications">
          <div className="grid gap-3 p-4">
            <SkeletonLine className="w-[60%]" />
            <SkeletonLine className="w-[85%] opacity-70" />
          </div>
        </LoadingAfterDelay>
      ) : activity.data.length === 0 ? (
        <div className="p-4 pb-5">
          <EmptyState heading="h3" title="Nothing needs you">
            It is said here when a visitor asks for a person. Owners and admins also hear of webhook endpoints
            that fail.
          </EmptyState>
        </div>
      ) : (
        <ul className="min-h-0 overflow-auto py-1">
          {activity.data.map((row) => (
            <li key={row._id} className="border-b border-line-faint last:border-b-0">
              <Item
                row={row}
                now={now}
                onFollow={() => {
                  // Left unread it stays in the list and can be followed again: nothing to tell the reader.
                  if (row.readAt === undefined) markRead({ notificationId: row._id }).catch(() => undefined);
                  onLeave();
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const LOOK: Record<NotificationRow["severity"], { Icon: typeof Info; color: string }> = {
  error: { Icon: TriangleAlert, color: "text-danger-ink" },
  warn: { Icon: TriangleAlert, color: "text-warning-ink" },
  info: { Icon: Info, color: "text-ink-2" },
  success: { Icon: CircleCheck, color: "text-success-ink" },
};

function Item({ row, now, onFollow }: { row: NotificationRow; now: number; onFollow: () => void }) {
  const { Icon, color } = LOOK[row.severity];
  const unread = row.readAt === undefined;
  return (
    <Link
      href={row.link ?? "/app/integrations"}
      onClick={onFollow}
      className={cn(
        "relative flex gap-2.5 py-2.5 pr-4 pl-7 text-13 hover:bg-hover focus-visible:outline-offset-[-2px]",
        unread &&
          "before:absolute before:top-[18px] before:left-2.5 before:h-[3px] before:w-2.5 before:bg-accent",
      )}
    >
      <Icon size={16} aria-hidden="true" className={cn("mt-px", color)} />
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className={unread ? "font-heavy" : "font-medium"}>
          {unread ? <span className="sr-only">Unread: </span> : null}
          {row.title}
        </span>
        {row.body ? (
          <span title={row.body} className="line-clamp-4 text-12 leading-[1.125rem] wrap-anywhere text-ink-2">
            {row.body}
          </span>
        ) : null}
      </span>
      <time
        dateTime={new Date(row.createdAt).toISOString()}
        title={fullTime(row.createdAt)}
        className="text-12 whitespace-nowrap text-ink-3"
      >
        {now === 0 ? null : timeOrDate(row.createdAt, { now })}
      </time>
    </Link>
  );
}
