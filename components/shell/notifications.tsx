"use client";

import { Bell } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useUnreadActivity } from "@/components/hooks/use-activity";
import { UNREAD_ACTIVITY_MAX } from "@/lib/limits";
import { NotificationList } from "./notification-list";

/** The bell with what this operator should know of. */
export function Notifications({ placement }: { placement: "sidebar" | "tabs" }) {
  const unread = useUnreadActivity();
  const [open, setOpen] = useState(false);
  const count = unread >= UNREAD_ACTIVITY_MAX ? `${UNREAD_ACTIVITY_MAX}+` : String(unread);
  const name = unread === 0 ? "Notifications" : `Notifications, ${count} unread`;
  const bell = (size: number) => (
    <span className="relative">
      <Bell size={size} aria-hidden="true" />
      {unread > 0 ? (
        <span aria-hidden="true" className="absolute -top-px -right-1.5 h-[3px] w-2.5 bg-accent" />
      ) : null}
    </span>
  );

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      {placement === "sidebar" ? (
        <Popover.Trigger
          aria-label={name}
          title={name}
          className="ml-auto flex h-[30px] items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-hover hover:text-ink data-[state=open]:bg-hover max-lg:mr-auto max-lg:h-9"
        >
          {bell(16)}
          {unread > 0 ? <span className="text-12 font-strong text-ink max-lg:hidden">{count}</span> : null}
        </Popover.Trigger>
      ) : (
        <Popover.Trigger
          aria-label={name}
          className="grid justify-items-center gap-[3px] pt-[9px] pb-[7px] text-12 text-ink-2"
        >
          {bell(20)}
          Notifications
        </Popover.Trigger>
      )}
      <Popover.Content
        side={placement === "sidebar" ? "bottom" : "top"}
        align={placement === "sidebar" ? "start" : "end"}
        sideOffset={8}
        collisionPadding={8}
        aria-labelledby="notifications"
        className="z-[var(--z-menu)] flex max-h-[min(70dvh,560px)] w-[min(380px,calc(100vw-1rem))] flex-col rounded-lg bg-raised text-ink shadow-lg outline-none"
      >
        <NotificationList unread={unread} onLeave={() => setOpen(false)} />
      </Popover.Content>
    </Popover.Root>
  );
}
