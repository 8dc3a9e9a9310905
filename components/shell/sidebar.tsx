"use client";

import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { FirstStepsEntry } from "@/components/first-steps/first-steps-entry";
import { cn } from "@/components/ui/cn";
import { KeyCaps } from "@/components/keys/key-caps";
import { useOpenPalette } from "@/components/palette/palette-provider";
import { PALETTE_KEY } from "@/components/palette/palette-items";
import { Mark } from "@/components/ui/mark";
import { Tooltip } from "@/components/ui/tooltip";
import { AccountMenu } from "./account-menu";
import { Notifications } from "./notifications";
import { SectionLink } from "./section-link";
import { SectionNotice } from "./section-notice";
import { SECTIONS, type SectionId } from "./sections";

export type SectionNav = {
  /** Null: a page that is in no section. */
  section: SectionId | null;
  /** The views of the open section, under its name. */
  views?: ReactNode;
  /** Goes back to the section's first view without leaving the page. */
  onCurrent?: () => void;
};

/** The dashboard's sections, with the views of the current one. A rail of icons on middle widths, absent on phones. */
export function Sidebar({ section, views, onCurrent }: SectionNav) {
  return (
    <nav
      aria-label="Main"
      className="hidden min-h-0 flex-col overflow-hidden border-r border-line bg-canvas md:row-span-2 md:flex"
    >
      <div className="flex flex-none items-center max-lg:flex-col lg:h-[var(--bar-h)] lg:pr-2.5 lg:pl-4">
        <span className="flex h-[var(--bar-h)] items-center gap-[9px]">
          <Mark className="flex-none" />
          <span className="text-15 font-heavy tracking-[-0.012em] max-lg:sr-only">PraxTalk</span>
        </span>
        <Notifications placement="sidebar" />
      </div>
      <FindButton />
      <div className="grid min-h-0 flex-1 content-start gap-px overflow-x-hidden overflow-y-auto px-2.5">
        {SECTIONS.map(({ id, label, href, Icon }) => {
          const current = id === section;
          return (
            <div key={id}>
              <Tooltip content={label} side="right">
                <SectionLink
                  href={href}
                  current={current}
                  onCurrent={onCurrent}
                  className={cn(
                    "relative flex h-[30px] items-center gap-[9px] rounded-md px-2 text-13 max-lg:h-9 max-lg:justify-center",
                    current ? "bg-active font-strong text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
                  )}
                >
                  <Icon size={16} aria-hidden="true" />
                  <span className="max-lg:sr-only">{label}</span>
                  <SectionNotice section={id} />
                </SectionLink>
              </Tooltip>
              {current && views ? <div className="mt-px max-lg:hidden">{views}</div> : null}
            </div>
          );
        })}
      </div>
      <div className="grid flex-none p-1.5">
        <FirstStepsEntry />
      </div>
      <div className="flex-none border-t border-line p-1.5">
        <AccountMenu placement="sidebar" />
      </div>
    </nav>
  );
}

function FindButton() {
  return (
    <Tooltip content="Search or jump" side="right">
      <button
        type="button"
        aria-label="Search or jump"
        onClick={useOpenPalette()}
        className="mx-2.5 mb-2 flex h-[30px] flex-none items-center gap-2 rounded-md border border-line-control bg-surface px-2 text-13 text-ink-2 hover:text-ink max-lg:h-9 max-lg:justify-center"
      >
        <Search size={14} aria-hidden="true" />
        <span className="max-lg:hidden">Search or jump</span>
        <span aria-hidden="true" className="ml-auto flex gap-[3px] max-lg:hidden">
          <KeyCaps of={PALETTE_KEY} />
        </span>
      </button>
    </Tooltip>
  );
}
