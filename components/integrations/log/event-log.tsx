"use client";

import { RotateCcw } from "lucide-react";
import { useCallback, useRef, useState, type ReactNode } from "react";
import { useNow } from "@/components/hooks/use-now";
import { useRetention } from "@/components/hooks/use-settings";
import {
  useDeliveries,
  useDelivery,
  type LogFilter,
  type WebhookSettings,
} from "@/components/hooks/use-webhooks";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import { ColumnHead, Table } from "@/components/ui/table";
import type { WebhookDeliveryRow, WebhookRow } from "@/convex/validators/webhooks";
import { WEBHOOK_DAYS } from "@/lib/limits";
import { daysText } from "@/components/settings/retention-text";
import { managesOne, managesIntegrations } from "../access";
import { ReplayDialog } from "../endpoints/replay-dialog";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { DeliveryDetail, DetailSkeleton } from "./delivery-detail";
import { LogFilters } from "./log-filters";
import { LogRow } from "./log-row";
import { heldRows, withOpenRow } from "./log-rows";
import { useLogKeys } from "./use-log-keys";

type EventLogProps = {
  filter: LogFilter;
  onNarrow: (next: Partial<LogFilter>) => void;
  /** The open row, as the address names it. */
  deliveryId: string | null;
  onOpen: (deliveryId: string | null) => void;
  endpoints: readonly WebhookRow[];
  settings: WebhookSettings | undefined;
};

/** What was sent where and what came of it, newest first. Everything in it is live. */
export function EventLog({ filter, onNarrow, deliveryId, onOpen, endpoints, settings }: EventLogProps) {
  const section = useRef<HTMLElement>(null);
  const days = useRetention().data?.webhookDays ?? WEBHOOK_DAYS;
  const deliveries = useDeliveries(filter);
  const opened = useDelivery(deliveryId);
  const [replaying, setReplaying] = useState(false);
  useLogKeys(section);
  const all = withOpenRow(deliveries.rows, opened.data ?? null, deliveries.complete);
  const { shown, newer, showNewer } = useHeldRows(all, deliveryId);
  const replayable = useReplayableEndpoints(endpoints);
  const first = replayable.find(({ _id }) => _id === filter.endpoint) ?? replayable[0];

  return (
    <section ref={section} aria-labelledby="event-log">
      <SectionHead id="event-log" title="Event log" hint={`Kept for ${daysText(days)}.`}>
        <div className="ml-auto gap-2 max-md:order-last max-md:grid max-md:w-full max-md:grid-cols-2 md:flex md:flex-wrap md:items-center md:justify-end">
          <LogFilters filter={filter} onNarrow={onNarrow} endpoints={endpoints} />
          {first ? (
            <Button size="sm" onClick={() => setReplaying(true)}>
              <RotateCcw size={14} aria-hidden="true" />
              Replay failed
            </Button>
          ) : null}
        </div>
      </SectionHead>
      {deliveryId !== null && opened.status === "ready" && opened.data === null ? (
        <div className="mb-3">
          <NoteBox kind="info">
            The delivery that this address names is not in the log. Deliveries are kept for {daysText(days)}.
          </NoteBox>
        </div>
      ) : null}
      {deliveries.status === "failed" ? (
        <SectionFailed title="The event log did not load">
          The server could not list it. Deliveries go on.
        </SectionFailed>
      ) : deliveries.status === "loading" ? (
        <SectionLoading label="Loading the event log" />
      ) : all.length === 0 ? (
        <EmptyLog narrowed={Object.values(filter).some((each) => each !== null)} days={days} />
      ) : (
        <>
          <LogTable
            rows={shown}
            newer={newer}
            onShowNewer={showNewer}
            deliveryId={deliveryId}
            onOpen={onOpen}
            attemptsMax={(settings?.retrySchedule.length ?? 0) + 1}
          >
            {opened.data ? (
              <OpenDelivery
                delivery={opened.data}
                endpoints={endpoints}
                settings={settings}
                onOpen={onOpen}
              />
            ) : (
              <DetailSkeleton />
            )}
          </LogTable>
          {deliveries.canLoadMore ? (
            <div className="pt-3">
              <Button size="sm" onClick={deliveries.loadMore}>
                Show older events
              </Button>
            </div>
          ) : null}
        </>
      )}
      {replaying && first ? (
        <ReplayDialog endpoints={replayable} initial={first} onClose={() => setReplaying(false)} />
      ) : null}
    </section>
  );
}

/** Endpoints that this operator may send old deliveries to, and that take any now. */
function useReplayableEndpoints(endpoints: readonly WebhookRow[]): WebhookRow[] {
  const { operator } = useSession();
  return endpoints.filter((endpoint) => endpoint.enabled && managesOne(operator, endpoint));
}

/** While a row is open, newer ones wait above it until they are asked for. */
function useHeldRows(rows: readonly WebhookDeliveryRow[], deliveryId: string | null) {
  const [anchor, setAnchor] = useState<string | null>(null);
  const top = rows[0]?._id ?? null;
  const { shown, newer } = heldRows(rows, anchor, deliveryId);
  if (deliveryId === null ? anchor !== null : newer === 0 && anchor !== top) {
    setAnchor(deliveryId === null ? null : top);
  }
  const showNewer = useCallback(() => setAnchor(top), [top]);
  return { shown, newer, showNewer };
}

type LogTableProps = {
  rows: readonly WebhookDeliveryRow[];
  newer: number;
  onShowNewer: () => void;
  deliveryId: string | null;
  onOpen: (deliveryId: string | null) => void;
  attemptsMax: number;
  /** What the open row shows. */
  children: ReactNode;
};

function LogTable({ rows, newer, onShowNewer, deliveryId, onOpen, attemptsMax, children }: LogTableProps) {
  const now = useNow();
  const toggle = useCallback((id: string) => onOpen(id === deliveryId ? null : id), [onOpen, deliveryId]);
  return (
    <>
      <div role="status">
        {newer > 0 ? (
          <Button variant="quiet" size="sm" onClick={onShowNewer} className="mb-1 text-accent-ink">
            <span aria-hidden="true" className="block h-[3px] w-2.5 bg-accent" />
            {newer} new
          </Button>
        ) : null}
      </div>
      <Table aria-labelledby="event-log">
        <thead>
          <tr>
            <ColumnHead className="pl-[26px]!">Time</ColumnHead>
            <ColumnHead>Event</ColumnHead>
            <ColumnHead className="max-xl:hidden">Event id</ColumnHead>
            <ColumnHead optional>Sent to</ColumnHead>
            <ColumnHead>State</ColumnHead>
            <ColumnHead className="max-md:hidden">Answer</ColumnHead>
            <ColumnHead className="max-md:hidden">Next try</ColumnHead>
            <ColumnHead optional className="text-right">
              Attempts
            </ColumnHead>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const open = row._id === deliveryId;
            return (
              <LogRow
                key={row._id}
                row={row}
                now={now}
                attemptsMax={attemptsMax}
                open={open}
                onToggle={toggle}
              >
                {open ? children : null}
              </LogRow>
            );
          })}
        </tbody>
      </Table>
    </>
  );
}

type OpenDeliveryProps = Pick<EventLogProps, "endpoints" | "settings" | "onOpen"> & {
  delivery: NonNullable<ReturnType<typeof useDelivery>["data"]>;
};

function OpenDelivery({ delivery, endpoints, settings, onOpen }: OpenDeliveryProps) {
  const { operator } = useSession();
  const endpoint = endpoints.find(({ _id }) => _id === delivery.subscriptionId);
  const deliveryId = delivery._id;
  const onClose = useCallback(() => {
    document.querySelector<HTMLElement>(`[data-delivery="${CSS.escape(deliveryId)}"]`)?.focus();
    onOpen(null);
  }, [onOpen, deliveryId]);
  return (
    <DeliveryDetail
      key={deliveryId}
      delivery={delivery}
      retrySchedule={settings?.retrySchedule ?? []}
      mayRetry={managesIntegrations(operator) && !delivery.endpointDeleted}
      endpointDisabled={endpoint?.enabled === false}
      onClose={onClose}
    />
  );
}

function EmptyLog({ narrowed, days }: { narrowed: boolean; days: number }) {
  return narrowed ? (
    <SectionEmpty title="Nothing matches">
      No delivery of the last {daysText(days)} is like this.
    </SectionEmpty>
  ) : (
    <SectionEmpty title="Nothing was sent yet">
      Each event that an endpoint gets stands here, with every attempt and its answer.
    </SectionEmpty>
  );
}
