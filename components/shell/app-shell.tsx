"use client";

import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import type { Brand } from "@/components/hooks/rows";
import type { Connection } from "@/components/hooks/use-connection";
import type { InboxView } from "@/components/hooks/use-inbox";
import { AccountMenu } from "./account-menu";
import { Foot } from "./foot";
import { OfflineBar } from "./offline-bar";
import { Sidebar } from "./sidebar";
import { ViewLink } from "./view-link";

type AppShellProps = {
  view: InboxView;
  brands: readonly Brand[];
  onView: (view: InboxView) => void;
  connection: Connection;
  waitingToSend: number;
  /** On a phone, inside a conversation, the tabs make room. */
  hideTabs: boolean;
  children: ReactNode;
};

/** The frame of the dashboard: sidebar, page, foot line; on a phone, page and tabs. */
export function AppShell({
  view,
  brands,
  onView,
  connection,
  waitingToSend,
  hideTabs,
  children,
}: AppShellProps) {
  return (
    <>
      <a
        href="#main"
        className="fixed -top-15 left-2 z-[99] rounded-md bg-raised px-3 py-2 shadow-md focus:top-2"
      >
        Skip to content
      </a>
      <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] md:grid-cols-[var(--rail-w)_minmax(0,1fr)] lg:grid-cols-[var(--side-w)_minmax(0,1fr)]">
        <Sidebar view={view} brands={brands} onView={onView} />
        <main
          id="main"
          tabIndex={-1}
          className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)] bg-surface"
        >
          <OfflineBar lost={connection === "lost"} waiting={waitingToSend} />
          {children}
        </main>
        <Foot connection={connection} />
        {hideTabs ? null : (
          <nav
            aria-label="Main"
            className="grid grid-cols-2 border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] md:hidden"
          >
            <ViewLink
              to={{ status: "open", brandId: null }}
              onView={onView}
              aria-current="page"
              className="relative grid justify-items-center gap-[3px] pt-[9px] pb-[7px] text-12 font-strong text-accent-ink before:absolute before:-top-px before:h-[3px] before:w-[26px] before:bg-accent"
            >
              <Inbox size={20} aria-hidden="true" />
              Inbox
            </ViewLink>
            <AccountMenu placement="tabs" />
          </nav>
        )}
      </div>
    </>
  );
}
