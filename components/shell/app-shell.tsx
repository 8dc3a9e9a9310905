"use client";

import type { ReactNode } from "react";
import { useConnection } from "@/components/hooks/use-connection";
import { useOutbox } from "@/components/hooks/use-outbox";
import { cn } from "@/components/ui/cn";
import { AccountMenu } from "./account-menu";
import { Foot } from "./foot";
import { OfflineBar } from "./offline-bar";
import { Notifications } from "./notifications";
import { SectionLink } from "./section-link";
import { SectionNotice } from "./section-notice";
import { SECTIONS } from "./sections";
import { Sidebar, type SectionNav } from "./sidebar";

type AppShellProps = SectionNav & {
  /** On a phone, inside a conversation, the tabs make room. */
  hideTabs?: boolean;
  children: ReactNode;
};

/** The frame of the dashboard: sidebar, page, foot line; on a phone, page and tabs. */
export function AppShell({ hideTabs, children, ...nav }: AppShellProps) {
  const connection = useConnection();
  const { waiting } = useOutbox();
  return (
    <>
      <a
        href="#main"
        className="fixed -top-15 left-2 z-[99] rounded-md bg-raised px-3 py-2 shadow-md focus:top-2"
      >
        Skip to content
      </a>
      <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] md:grid-cols-[var(--rail-w)_minmax(0,1fr)] lg:grid-cols-[var(--side-w)_minmax(0,1fr)]">
        <Sidebar {...nav} />
        <main
          id="main"
          tabIndex={-1}
          className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)] bg-surface"
        >
          <OfflineBar lost={connection === "lost"} waiting={waiting.length} />
          {children}
        </main>
        <Foot connection={connection} />
        {hideTabs ? null : (
          <nav
            aria-label="Main"
            className="grid auto-cols-auto grid-flow-col border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] md:hidden"
          >
            {SECTIONS.filter(({ isTab }) => isTab).map(({ id, label, href, Icon }) => (
              <SectionLink
                key={id}
                href={href}
                current={id === nav.section}
                onCurrent={nav.onCurrent}
                className={cn(
                  "relative grid justify-items-center gap-[3px] pt-[9px] pb-[7px] text-12",
                  id === nav.section
                    ? "font-strong text-accent-ink before:absolute before:-top-px before:h-[3px] before:w-[26px] before:bg-accent"
                    : "text-ink-2",
                )}
              >
                <Icon size={20} aria-hidden="true" />
                {label}
                <SectionNotice section={id} />
              </SectionLink>
            ))}
            <Notifications placement="tabs" />
            <AccountMenu placement="tabs" section={nav.section} />
          </nav>
        )}
      </div>
    </>
  );
}
