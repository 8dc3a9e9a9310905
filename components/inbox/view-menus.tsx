"use client";

import { ArrowDownWideNarrow, ChevronDown, ListFilter } from "lucide-react";
import type { Assignee, Brand } from "@/components/hooks/rows";
import { useSession } from "@/components/session/session-provider";
import {
  VIEW_CHANNELS,
  VIEW_STATUSES,
  narrowingKey,
  type InboxView,
  type ViewNarrowing,
} from "@/components/shell/inbox-view";
import { Button } from "@/components/ui/button";
import {
  Menu,
  MenuContent,
  MenuHeading,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu";
import { StatusLabel } from "@/components/ui/status-label";
import { Tooltip } from "@/components/ui/tooltip";
import { CHANNEL_LOOK } from "./channel";

type ViewMenuProps = { view: InboxView; onView: (view: InboxView) => void };

const SORT_WORDS = { wait: "Longest wait", newest: "Newest" } as const;

/** In which order the list stands. Who waits is always listed longest wait first. */
export function SortMenu({ view, onView }: ViewMenuProps) {
  if (view.narrowing?.by === "waiting") return null;
  const name = `Order: ${SORT_WORDS[view.sort]}`;
  return (
    <Menu>
      <Tooltip content={name}>
        <MenuTrigger asChild>
          <Button variant="quiet" size="sm" aria-label={name}>
            <ArrowDownWideNarrow size={16} aria-hidden="true" className="2xl:hidden" />
            <span className="max-2xl:sr-only">{SORT_WORDS[view.sort]}</span>
            <ChevronDown size={14} aria-hidden="true" className="max-2xl:hidden" />
          </Button>
        </MenuTrigger>
      </Tooltip>
      <MenuContent align="end">
        <MenuRadioGroup
          value={view.sort}
          onValueChange={(sort) => onView({ ...view, sort: sort === "newest" ? "newest" : "wait" })}
        >
          <MenuRadioItem value="wait">{SORT_WORDS.wait} first</MenuRadioItem>
          <MenuRadioItem value="newest">{SORT_WORDS.newest} activity first</MenuRadioItem>
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}

type FilterMenuProps = ViewMenuProps & {
  brands: readonly Brand[];
  assignees: readonly Assignee[];
  tags: readonly string[];
};

/** All that a view is made of: its status, its brand, and one thing that narrows it. */
export function FilterMenu({ view, onView, brands, assignees, tags }: FilterMenuProps) {
  return (
    <Menu>
      <Tooltip content="Filter">
        <MenuTrigger asChild>
          <Button variant="quiet" size="icon-sm" aria-label="Filter">
            <ListFilter size={16} aria-hidden="true" />
          </Button>
        </MenuTrigger>
      </Tooltip>
      <MenuContent align="end" className="max-h-[min(70dvh,560px)] overflow-auto">
        <MenuHeading>Status</MenuHeading>
        <MenuRadioGroup
          value={view.status}
          onValueChange={(value) => {
            const status = VIEW_STATUSES.find((each) => each === value);
            if (status) onView({ ...view, status });
          }}
        >
          {VIEW_STATUSES.map((status) => (
            <MenuRadioItem key={status} value={status}>
              <StatusLabel status={status} />
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        {brands.length > 1 ? <BrandChoice view={view} onView={onView} brands={brands} /> : null}
        <MenuSeparator />
        <NarrowingChoice view={view} onView={onView} assignees={assignees} tags={tags} />
      </MenuContent>
    </Menu>
  );
}

/** No brand's id has this form. */
const ALL_BRANDS = "all";

function BrandChoice({ view, onView, brands }: ViewMenuProps & { brands: readonly Brand[] }) {
  return (
    <>
      <MenuSeparator />
      <MenuHeading>Brand</MenuHeading>
      <MenuRadioGroup
        value={view.brandId ?? ALL_BRANDS}
        onValueChange={(value) => onView({ ...view, brandId: value === ALL_BRANDS ? null : value })}
      >
        <MenuRadioItem value={ALL_BRANDS}>All brands</MenuRadioItem>
        {brands.map(({ _id, name }) => (
          <MenuRadioItem key={_id} value={_id}>
            <span className="max-w-60 truncate">{name}</span>
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
    </>
  );
}

function NarrowingChoice({ view, onView, assignees, tags }: Omit<FilterMenuProps, "brands">) {
  const { operator } = useSession();
  const group = (heading: string, choices: { word: string; narrowing: ViewNarrowing | null }[]) => (
    <>
      <MenuHeading>{heading}</MenuHeading>
      {choices.map(({ word, narrowing }) => (
        <MenuRadioItem
          key={narrowingKey(narrowing)}
          value={narrowingKey(narrowing)}
          onSelect={() => onView({ ...view, narrowing })}
        >
          <span className="max-w-60 truncate">{word}</span>
        </MenuRadioItem>
      ))}
    </>
  );
  const others = assignees.filter(({ _id }) => _id !== operator._id);
  return (
    <MenuRadioGroup value={narrowingKey(view.narrowing)}>
      {group("Only", [
        { word: "Everything", narrowing: null },
        { word: "Waiting for us", narrowing: { by: "waiting" } },
      ])}
      {group("Assigned to", [
        { word: "Me", narrowing: { by: "assignee", assignee: "me" } },
        { word: "Nobody", narrowing: { by: "assignee", assignee: null } },
        ...others.map(({ _id, name }) => ({
          word: name,
          narrowing: { by: "assignee" as const, assignee: _id },
        })),
      ])}
      {group(
        "Channel",
        VIEW_CHANNELS.map((channel) => ({
          word: CHANNEL_LOOK[channel].word,
          narrowing: { by: "channel", channel },
        })),
      )}
      {tags.length === 0
        ? null
        : group(
            "Tag",
            tags.map((tag) => ({ word: tag, narrowing: { by: "tag", tag } })),
          )}
    </MenuRadioGroup>
  );
}
