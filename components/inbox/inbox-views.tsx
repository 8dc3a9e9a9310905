"use client";

import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import type { Brand } from "@/components/hooks/rows";
import { NAMED_VIEWS, VIEW_CHANNELS, isSameView, type InboxView } from "@/components/shell/inbox-view";
import { ViewLink } from "@/components/shell/view-link";
import { ViewList, viewLinkLook } from "@/components/shell/view-list";
import { BrandSquare } from "@/components/ui/brand-square";
import { CHANNEL_LOOK } from "./channel";

type InboxViewsProps = {
  view: InboxView;
  brands: readonly Brand[];
  tags: readonly string[];
  onView: (view: InboxView) => void;
};

/** The inbox's views in the sidebar: the named ones, by brand where there is more than one, by channel and by tag. */
export function InboxViews({ view, brands, tags, onView }: InboxViewsProps) {
  const link = (to: InboxView, children: ReactNode) => {
    const current = isSameView(to, view);
    return (
      <ViewLink
        to={{ ...to, sort: view.sort }}
        onView={onView}
        aria-current={current ? "page" : undefined}
        className={viewLinkLook(current)}
      >
        {children}
      </ViewLink>
    );
  };
  return (
    <>
      <ViewList label="Inbox views">
        {NAMED_VIEWS.map(({ name, view: to }) => (
          <li key={name}>{link(to, name)}</li>
        ))}
      </ViewList>
      {brands.length > 1 ? (
        <ViewGroup id="by-brand" title="By brand">
          {brands.map((brand) => (
            <li key={brand._id}>
              {link(
                { ...view, brandId: brand._id },
                <>
                  <BrandSquare color={brand.primaryColor} />
                  <span className="truncate" title={brand.name}>
                    {brand.name}
                  </span>
                </>,
              )}
            </li>
          ))}
        </ViewGroup>
      ) : null}
      <FoldedGroup title="By channel" open={view.narrowing?.by === "channel"}>
        {VIEW_CHANNELS.map((channel) => {
          const { Icon, word } = CHANNEL_LOOK[channel];
          return (
            <li key={channel}>
              {link(
                { ...view, narrowing: { by: "channel", channel } },
                <>
                  <Icon size={14} aria-hidden="true" />
                  {word}
                </>,
              )}
            </li>
          );
        })}
      </FoldedGroup>
      {tags.length === 0 ? null : (
        <FoldedGroup title="By tag" open={view.narrowing?.by === "tag"}>
          {tags.map((tag) => (
            <li key={tag}>
              {link(
                { ...view, narrowing: { by: "tag", tag } },
                <span className="truncate" title={tag}>
                  {tag}
                </span>,
              )}
            </li>
          ))}
        </FoldedGroup>
      )}
    </>
  );
}

function ViewGroup({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <>
      <h2 id={id} className="px-2 pt-2 pb-1 text-12 text-ink-3">
        {title}
      </h2>
      <ViewList labelledBy={id}>{children}</ViewList>
    </>
  );
}

/** Views that fewer people need: folded until one of them is the current one, or somebody unfolds them. */
function FoldedGroup({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details open={open || undefined} className="group mb-1">
      <summary className="flex min-h-6 cursor-pointer items-center gap-1 rounded-sm px-2 text-12 text-ink-3 hover:text-ink">
        {title}
        <ChevronDown size={14} aria-hidden="true" className="-rotate-90 group-open:rotate-0" />
      </summary>
      <ViewList label={title}>{children}</ViewList>
    </details>
  );
}
