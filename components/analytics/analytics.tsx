"use client";

import { numberText } from "@/components/format/formats";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { CHANNELS, PERIODS, useAnalytics } from "@/components/hooks/use-analytics";
import { useAssignees, useBrands } from "@/components/hooks/use-inbox";
import { CHANNEL_LOOK } from "@/components/inbox/channel";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { useKeys } from "@/components/keys/keys-provider";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterSelect, namedChoices } from "@/components/ui/filter-select";
import { InlineSelect } from "@/components/ui/inline-select";
import type { AnalyticsOverview } from "@/convex/validators/metrics";
import { Breakdowns, DayChart, HourChart, ResponseChart, WeekdayChart } from "./charts";
import { daysOf, durationText, periodText, unanswered } from "./figures-text";

const CHANNEL_CHOICES = CHANNELS.map((value) => ({ value, label: CHANNEL_LOOK[value].word }));

/** Volume and times of a period, live: what began, who answered, how long it took. */
export function Analytics() {
  const analytics = useAnalytics();
  const { overview, earlier, later, reset } = analytics;
  useKeys(
    useMemo(
      () => [
        { key: "[", label: "Earlier period", foot: "earlier, later period", run: earlier },
        { key: "]", label: "Later period", foot: "earlier, later period", run: later },
      ],
      [earlier, later],
    ),
  );
  return (
    <AppShell section="analytics" onCurrent={reset}>
      <div className="flex min-h-0 min-w-0 flex-col">
        <Head {...analytics} />
        <div
          role="region"
          aria-label="Figures"
          tabIndex={0}
          className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] content-start gap-8 overflow-auto px-5 pt-5 pb-8 outline-offset-[-2px] max-md:px-4"
        >
          {overview.status === "failed" ? (
            <SectionFailed title="The figures did not load">
              The server could not add them up. Choose fewer days or one brand, or load again.
            </SectionFailed>
          ) : overview.status === "loading" ? (
            <SectionLoading label="Loading the figures" />
          ) : (
            <Figures overview={overview.data} />
          )}
        </div>
      </div>
    </AppShell>
  );
}

function Head({ asked, overview, isNow, set, earlier, later }: ReturnType<typeof useAnalytics>) {
  const brands = useBrands().data ?? [];
  const operators = useAssignees();
  return (
    <header className="flex min-h-[var(--bar-h)] flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2 max-md:px-4">
      <h1 className="mr-auto text-17 max-md:-order-2 font-strong tracking-[-0.008em]">Analytics</h1>
      {brands.length > 1 ? (
        <FilterSelect
          label="Brand"
          all="All brands"
          choices={namedChoices(brands)}
          value={asked.brand}
          onChange={(brand) => void set({ brand })}
        />
      ) : null}
      <FilterSelect
        label="Channel"
        all="All channels"
        choices={CHANNEL_CHOICES}
        value={asked.channel}
        onChange={(channel) => void set({ channel })}
      />
      <FilterSelect
        label="Operator"
        all="All operators"
        choices={namedChoices(operators)}
        value={asked.operator}
        onChange={(operator) => void set({ operator })}
      />
      <InlineSelect
        label="Days"
        active={false}
        value={asked.days}
        onChange={(event) =>
          void set({ days: PERIODS.find((each) => String(each) === event.target.value) ?? null })
        }
      >
        {PERIODS.map((each) => (
          <option key={each} value={each}>
            {each} days
          </option>
        ))}
      </InlineSelect>
      <span className="-mr-1.5 flex items-center gap-1 text-13 max-md:-order-1">
        <Button variant="quiet" size="icon-sm" aria-label="Earlier period" onClick={earlier}>
          <ChevronLeft size={16} aria-hidden="true" />
        </Button>
        <span aria-live="polite">{overview.data ? periodText(overview.data) : null}</span>
        <Button variant="quiet" size="icon-sm" aria-label="Later period" disabled={isNow} onClick={later}>
          <ChevronRight size={16} aria-hidden="true" />
        </Button>
      </span>
    </header>
  );
}

function Figures({ overview }: { overview: AnalyticsOverview }) {
  const { totals, previous } = overview;
  const days = daysOf(overview);
  if (totals.started === 0 && totals.answered === 0 && totals.resolved === 0) {
    return (
      <EmptyState title="Nothing happened in this period">
        No conversation began, was answered or was resolved. New ones are counted within a quarter of a
        minute.
      </EmptyState>
    );
  }
  const share = totals.started === 0 ? 0 : Math.round((unanswered(totals) / totals.started) * 100);
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 md:gap-x-8 gap-y-4 md:flex md:flex-wrap md:justify-between border-b border-line pb-5">
        <Figure
          term="Conversations"
          value={numberText(totals.started)}
          note={`${numberText(previous.started)} in the ${days} days before`}
        />
        <Figure
          term="Typical first reply"
          value={durationText(totals.firstResponse.median)}
          note={`half are faster; was ${durationText(previous.firstResponse.median)}`}
        />
        <Figure
          term="Typical time to resolve"
          value={durationText(totals.resolution.median)}
          note={`of ${numberText(totals.resolved)}; was ${durationText(previous.resolution.median)}`}
        />
        <Figure
          term="Nobody answered"
          value={numberText(unanswered(totals))}
          note={`${share}% of those that began`}
        />
      </dl>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <DayChart overview={overview} />
        <ResponseChart overview={overview} />
      </div>
      <HourChart overview={overview} />
      <WeekdayChart overview={overview} />
      <Breakdowns overview={overview} />
    </>
  );
}

function Figure({ term, value, note }: { term: string; value: string; note: string }) {
  return (
    <div>
      <dt className="text-13 text-ink-2">{term}</dt>
      <dd className="text-28 leading-tight font-strong max-md:text-21">{value}</dd>
      <dd className="text-12 text-ink-2">{note}</dd>
    </div>
  );
}
