"use client";

import { Search } from "lucide-react";
import { useEffect, useState, type RefObject } from "react";
import type { Assignee, Brand } from "@/components/hooks/rows";
import type { LeadFilter } from "@/components/hooks/use-leads";
import { NOBODY } from "@/components/hooks/use-leads-url";
import { cn } from "@/components/ui/cn";
import { box, boxFocus } from "@/components/ui/field";
import { FilterSelect, namedChoices } from "@/components/ui/filter-select";
import { SEARCH_QUERY_MAX } from "@/lib/limits";
import { LEAD_LOOK, LEAD_STATUSES } from "./lead-status";

/** Milliseconds without a key before what was typed is searched for. */
const TYPED_MS = 200;

const STATUSES = LEAD_STATUSES.map((value) => ({ value, label: LEAD_LOOK[value].word }));

type LeadFiltersProps = {
  filter: LeadFilter;
  query: string;
  brands: readonly Brand[];
  owners: readonly Assignee[];
  findRef: RefObject<HTMLInputElement | null>;
  onNarrow: (next: Partial<LeadFilter>) => void;
  onFind: (text: string) => void;
};

/** What the list is narrowed to: a text, a status, an owner, a brand. */
export function LeadFilters(props: LeadFiltersProps) {
  const { filter, query, brands, owners, findRef, onNarrow, onFind } = props;
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 px-5 py-2.5 max-md:px-4">
      <FindField query={query} findRef={findRef} onFind={onFind} />
      <FilterSelect
        label="Status"
        all="Any status"
        choices={STATUSES}
        value={filter.status}
        onChange={(status) => onNarrow({ status })}
      />
      <FilterSelect
        label="Owner"
        all="Any owner"
        choices={[{ value: NOBODY, label: "Nobody" }, ...namedChoices(owners)]}
        value={filter.owner}
        onChange={(owner) => onNarrow({ owner })}
      />
      {brands.length > 1 ? (
        <FilterSelect
          label="Brand"
          all="All brands"
          choices={namedChoices(brands)}
          value={filter.brand}
          onChange={(brand) => onNarrow({ brand })}
        />
      ) : null}
    </div>
  );
}

type FindFieldProps = Pick<LeadFiltersProps, "query" | "findRef" | "onFind">;

function FindField({ query, findRef, onFind }: FindFieldProps) {
  const [typed, setTyped] = useState(query);
  useEffect(() => {
    if (typed === query) return undefined;
    const timer = setTimeout(() => onFind(typed), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, query, onFind]);
  return (
    <span className="relative w-60 max-md:w-full">
      <Search
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-2"
      />
      <input
        ref={findRef}
        type="search"
        aria-label="Search leads"
        placeholder="Name, email or phone"
        maxLength={SEARCH_QUERY_MAX}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={cn(box, boxFocus, "h-[var(--control-h-sm)] pl-8 text-13 max-md:h-10")}
      />
    </span>
  );
}
