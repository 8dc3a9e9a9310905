"use client";

import { Check, Minus, Network, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Badge, type BadgeKind } from "@/components/ui/badge";
import { cn } from "@/components/ui/cn";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { EVENT_CHOICES, endpointState, type EndpointState } from "./endpoint-text";
import { splitUrl } from "./url-text";

type EndpointTableProps = {
  endpoints: readonly WebhookRow[];
  /** The workspace has more than one brand. */
  showBrands: boolean;
  /** Null where this operator may only look. */
  menuOf: (endpoint: WebhookRow) => ReactNode;
  /** What is to be said of an endpoint below it. */
  notesOf: (endpoint: WebhookRow) => ReactNode;
};

const STATE_LOOK: Record<EndpointState, { word: string; kind: BadgeKind; Icon: LucideIcon }> = {
  enabled: { word: "Enabled", kind: "ok", Icon: Check },
  failing: { word: "Failing", kind: "bad", Icon: TriangleAlert },
  disabled: { word: "Disabled", kind: "plain", Icon: Minus },
};

export function EndpointTable({ endpoints, showBrands, menuOf, notesOf }: EndpointTableProps) {
  return (
    <Table aria-labelledby="webhooks">
      <thead>
        <tr>
          <ColumnHead>URL</ColumnHead>
          <ColumnHead optional>Events</ColumnHead>
          {showBrands ? <ColumnHead optional>Brand</ColumnHead> : null}
          <ColumnHead optional>Secret</ColumnHead>
          <ColumnHead>State</ColumnHead>
          <ActionsHead />
        </tr>
      </thead>
      {endpoints.map((endpoint) => (
        <EndpointRow
          key={endpoint._id}
          endpoint={endpoint}
          showBrand={showBrands}
          menu={menuOf(endpoint)}
          notes={notesOf(endpoint)}
        />
      ))}
    </Table>
  );
}

type EndpointRowProps = { endpoint: WebhookRow; showBrand: boolean; menu: ReactNode; notes: ReactNode };

function EndpointRow({ endpoint, showBrand, menu, notes }: EndpointRowProps) {
  const { word, kind, Icon } = STATE_LOOK[endpointState(endpoint)];
  const { scheme, rest } = splitUrl(endpoint.url);
  const brand = endpoint.brandId === null ? "All brands" : (endpoint.brandName ?? "One brand");
  const line = notes === null ? undefined : "border-b-0";
  return (
    <tbody data-endpoint={endpoint._id} className="hover:[&_td]:bg-sunk">
      <tr>
        <Cell className={cn("font-mono text-12 wrap-anywhere", line)}>
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span title={endpoint.url} className="line-clamp-2 min-w-0">
              <span className="text-ink-3">{scheme}</span>
              {rest}
            </span>
            {endpoint.isPrivate ? (
              <Badge kind="plain" Icon={Network} className="font-sans">
                Private address
              </Badge>
            ) : null}
          </span>
        </Cell>
        <Cell optional className={cn("text-12 text-ink-2", line)}>
          {endpoint.events.length === EVENT_CHOICES.length ? "All events" : endpoint.events.join(", ")}
        </Cell>
        {showBrand ? (
          <Cell optional className={cn("max-w-40 truncate text-ink-2", line)} title={brand}>
            {brand}
          </Cell>
        ) : null}
        <Cell optional className={cn("font-mono text-12 whitespace-nowrap text-ink-2", line)}>
          {endpoint.secretPreview}…
        </Cell>
        <Cell className={cn("w-24", line)}>
          <Badge kind={kind} Icon={Icon}>
            {word}
          </Badge>
        </Cell>
        <Cell className={cn("w-px text-right", line)}>{menu}</Cell>
      </tr>
      {notes === null ? null : (
        <tr>
          <Cell colSpan={6} className="h-auto py-0">
            {notes}
          </Cell>
        </tr>
      )}
    </tbody>
  );
}
