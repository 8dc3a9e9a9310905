"use client";

import type { Brand } from "@/components/hooks/rows";
import type { InboxView } from "@/components/hooks/use-inbox";
import { VIEW_STATUSES } from "@/components/shell/inbox-href";
import { ViewLink } from "@/components/shell/view-link";
import { ViewList, viewLinkLook } from "@/components/shell/view-list";
import { BrandSquare } from "@/components/ui/brand-square";
import { STATUS_LOOK } from "@/components/ui/status-label";

type InboxViewsProps = { view: InboxView; brands: readonly Brand[]; onView: (view: InboxView) => void };

/** The inbox's views in the sidebar: by status, and by brand where there is more than one. */
export function InboxViews({ view, brands, onView }: InboxViewsProps) {
  return (
    <>
      <ViewList label="Inbox views">
        {VIEW_STATUSES.map((status) => {
          const current = status === view.status && view.brandId === null;
          return (
            <li key={status}>
              <ViewLink
                to={{ status, brandId: null }}
                onView={onView}
                aria-current={current ? "page" : undefined}
                className={viewLinkLook(current)}
              >
                {STATUS_LOOK[status].word}
              </ViewLink>
            </li>
          );
        })}
      </ViewList>
      {brands.length > 1 ? (
        <>
          <h2 id="by-brand" className="px-2 pt-2 pb-1 text-12 text-ink-3">
            By brand
          </h2>
          <ViewList labelledBy="by-brand">
            {brands.map((brand) => {
              const current = brand._id === view.brandId;
              return (
                <li key={brand._id}>
                  <ViewLink
                    to={{ status: view.status, brandId: brand._id }}
                    onView={onView}
                    aria-current={current ? "page" : undefined}
                    className={viewLinkLook(current)}
                  >
                    <BrandSquare color={brand.primaryColor} />
                    <span className="truncate" title={brand.name}>
                      {brand.name}
                    </span>
                  </ViewLink>
                </li>
              );
            })}
          </ViewList>
        </>
      ) : null}
    </>
  );
}
