"use client";

import { LOG_EVENT_TYPES, LOG_STATUSES } from "@/components/hooks/use-integrations-url";
import type { LogFilter } from "@/components/hooks/use-webhooks";
import { Button } from "@/components/ui/button";
import { InlineSelect } from "@/components/ui/inline-select";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { splitUrl } from "../endpoints/url-text";
import { DELIVERY_LOOK } from "./status-badge";

type LogFiltersProps = {
  filter: LogFilter;
  onNarrow: (next: Partial<LogFilter>) => void;
  endpoints: readonly WebhookRow[];
};

/** By endpoint, state and type of event. The address keeps them. */
export function LogFilters({ filter, onNarrow, endpoints }: LogFiltersProps) {
  const { endpoint, status, type } = filter;
  const unlisted = endpoint !== null && !endpoints.some(({ _id }) => _id === endpoint);
  const narrowed = endpoint !== null || status !== null || type !== null;
  return (
    <>
      {narrowed ? (
        <Button
          variant="quiet"
          size="sm"
          className="max-md:order-last max-md:col-span-2"
          onClick={() => onNarrow({ endpoint: null, status: null, type: null })}
        >
          Show all
        </Button>
      ) : null}
      <InlineSelect
        label="Endpoint"
        id="log-filter"
        active={endpoint !== null}
        value={endpoint ?? ""}
        onChange={(event) => onNarrow({ endpoint: event.target.value || null })}
        className="md:max-w-52"
      >
        <option value="">All endpoints</option>
        {unlisted ? <option value={endpoint}>A deleted endpoint</option> : null}
        {endpoints.map(({ _id, url }) => (
          <option key={_id} value={_id}>
            {splitUrl(url).rest}
          </option>
        ))}
      </InlineSelect>
      <InlineSelect
        label="State"
        active={status !== null}
        value={status ?? ""}
        onChange={(event) =>
          onNarrow({ status: LOG_STATUSES.find((each) => each === event.target.value) ?? null })
        }
      >
        <option value="">Any state</option>
        {LOG_STATUSES.map((each) => (
          <option key={each} value={each}>
            {DELIVERY_LOOK[each].word}
          </option>
        ))}
      </InlineSelect>
      <InlineSelect
        label="Event"
        active={type !== null}
        value={type ?? ""}
        onChange={(event) =>
          onNarrow({ type: LOG_EVENT_TYPES.find((each) => each === event.target.value) ?? null })
        }
      >
        <option value="">All events</option>
        {LOG_EVENT_TYPES.map((each) => (
          <option key={each} value={each}>
            {each === "ping" ? "ping (a test)" : each}
          </option>
        ))}
      </InlineSelect>
    </>
  );
}
