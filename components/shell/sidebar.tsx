"use client";

import { Inbox } from "lucide-react";
import type { Brand } from "@/components/hooks/rows";
import type { InboxView } from "@/components/hooks/use-inbox";
import { BrandSquare } from "@/components/ui/brand-square";
import { cn } from "@/components/ui/cn";
import { Mark } from "@/components/ui/mark";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { Tooltip } from "@/components/ui/tooltip";
import { AccountMenu } from "./account-menu";
import { VIEW_STATUSES } from "./inbox-href";
import { ViewLink } from "./view-link";

const subLink =
  "relative flex h-7 items-center gap-2 rounded-md pr-2 pl-[18px] text-13 text-ink-2 hover:bg-hover hover:text-ink";
const subCurrent =
  "font-strong text-ink before:absolute before:top-3 before:left-0 before:h-[3px] before:w-2.5 before:bg-accent";

type SidebarProps = { view: InboxView; brands: readonly Brand[]; onView: (view: InboxView) => void };

/** The dashboard's sections, with the views of the current one. A rail of icons on middle widths, absent on phones. */
export function Sidebar({ view, brands, onView }: SidebarProps) {
  return (
    <nav
      aria-label="Main"
      className="hidden min-h-0 flex-col overflow-x-hidden overflow-y-auto border-r border-line bg-canvas md:row-span-2 md:flex"
    >
      <div className="flex h-[var(--bar-h)] flex-none items-center gap-[9px] max-lg:justify-center lg:px-4">
        <Mark className="flex-none" />
        <span className="text-15 font-heavy tracking-[-0.012em] max-lg:sr-only">PraxTalk</span>
      </div>
      <div className="grid gap-px px-2.5">
        <Tooltip content="Inbox" side="right">
          <ViewLink
            to={{ status: "open", brandId: null }}
            onView={onView}
            aria-current="true"
            className="flex h-[30px] items-center gap-[9px] rounded-md bg-active px-2 text-13 font-strong text-ink max-lg:h-9 max-lg:justify-center"
          >
            <Inbox size={16} aria-hidden="true" />
            <span className="max-lg:sr-only">Inbox</span>
          </ViewLink>
        </Tooltip>
        <ul aria-label="Inbox views" className="relative mt-px mb-2 grid gap-px pl-[15px] max-lg:hidden">
          <Rule />
          {VIEW_STATUSES.map((status) => {
            const current = status === view.status && view.brandId === null;
            return (
              <li key={status}>
                <ViewLink
                  to={{ status, brandId: null }}
                  onView={onView}
                  aria-current={current ? "page" : undefined}
                  className={cn(subLink, current && subCurrent)}
                >
                  {STATUS_LOOK[status].word}
                </ViewLink>
              </li>
            );
          })}
        </ul>
        {brands.length > 1 ? <BrandViews view={view} brands={brands} onView={onView} /> : null}
      </div>
      <div className="mt-auto border-t border-line p-1.5">
        <AccountMenu placement="sidebar" />
      </div>
    </nav>
  );
}

function BrandViews({ view, brands, onView }: SidebarProps) {
  return (
    <div className="max-lg:hidden">
      <h2 id="by-brand" className="px-2 pt-2 pb-1 text-12 text-ink-3">
        By brand
      </h2>
      <ul aria-labelledby="by-brand" className="relative mb-2 grid gap-px pl-[15px]">
        <Rule />
        {brands.map((brand) => {
          const current = brand._id === view.brandId;
          return (
            <li key={brand._id}>
              <ViewLink
                to={{ status: view.status, brandId: brand._id }}
                onView={onView}
                aria-current={current ? "page" : undefined}
                className={cn(subLink, current && subCurrent)}
              >
                <BrandSquare color={brand.primaryColor} />
                <span className="truncate" title={brand.name}>
                  {brand.name}
                </span>
              </ViewLink>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** The vertical hairline that ties views to their section. */
function Rule() {
  return <li aria-hidden="true" className="absolute inset-y-0.5 left-[15px] w-px bg-line" />;
}
