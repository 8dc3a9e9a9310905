"use client";

import type { ComponentProps } from "react";
import { inboxHref } from "@/components/hooks/use-inbox-url";
import { isPlainClick } from "@/components/ui/plain-click";
import type { InboxView } from "./inbox-view";

type ViewLinkProps = Omit<ComponentProps<"a">, "href" | "onClick"> & {
  to: InboxView;
  onView: (view: InboxView) => void;
};

/** A link to a view of the inbox. Everything for it is already on the page, so a click asks no server. */
export function ViewLink({ to, onView, ...props }: ViewLinkProps) {
  return (
    <a
      {...props}
      href={inboxHref(to)}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        onView(to);
      }}
    />
  );
}
