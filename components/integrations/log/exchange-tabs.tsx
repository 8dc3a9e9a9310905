"use client";

import { useId, type ReactNode } from "react";
import { clockSeconds } from "@/components/format/time";
import { CopyButton } from "@/components/ui/copy-button";
import { TabList, tabIds } from "@/components/ui/tabs";
import type { WebhookAttemptRow, WebhookDeliveryDetail } from "@/convex/validators/webhooks";
import { answerText } from "./delivery-text";
import { JsonView } from "./json-view";

export const EXCHANGE_TABS = ["Request", "Response", "Headers"] as const;
export const RESPONSE_TAB = 1;

type ExchangeTabsProps = {
  request: WebhookDeliveryDetail["request"];
  /** Whose reply is shown; null before the first answer. */
  attempt: WebhookAttemptRow | null;
  chosen: number;
  onChoose: (index: number) => void;
};

/** What was sent and what came back, each as text. */
export function ExchangeTabs({ request, attempt, chosen, onChoose }: ExchangeTabsProps) {
  const id = useId();
  const headers = request?.headers.map(({ name, value }) => `${name}: ${value}`).join("\n") ?? null;
  const texts = [request?.body ?? null, attempt?.replyExcerpt ?? null, headers];
  const gone = "The event itself is past its 30 days.";
  const panels: { text: ReactNode; none: string; wrap: boolean }[] = [
    { text: request ? <JsonView text={request.body} /> : null, none: gone, wrap: false },
    {
      text: attempt?.replyExcerpt ? `${replyHead(attempt)}\n\n${attempt.replyExcerpt}` : null,
      none: attempt === null ? "Nothing has come back yet." : `${replyHead(attempt)}, without any text.`,
      wrap: true,
    },
    { text: headers, none: gone, wrap: true },
  ];
  const copied = texts[chosen];
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex min-h-8 items-center justify-between gap-2">
        <TabList
          name="Exchange"
          labels={EXCHANGE_TABS}
          chosen={chosen}
          onChoose={onChoose}
          id={id}
          className="h-[26px] pointer-coarse:h-11"
        />
        {copied ? (
          <CopyButton
            text={copied}
            label={`Copy: ${EXCHANGE_TABS[chosen] ?? ""}`}
            variant="quiet"
            size="sm"
          />
        ) : null}
      </div>
      {panels.map(({ text, none, wrap }, index) => (
        <pre
          key={EXCHANGE_TABS[index]}
          id={tabIds(id, index).panel}
          role="tabpanel"
          aria-labelledby={tabIds(id, index).tab}
          hidden={index !== chosen}
          tabIndex={0}
          className={`max-h-58 overflow-auto rounded-md border border-line bg-sunk px-3 py-2.5 font-mono text-12 leading-[1.125rem] font-[450] ${wrap ? "whitespace-pre-wrap wrap-anywhere" : ""}`}
        >
          {text ?? <span className="text-ink-2">{none}</span>}
        </pre>
      ))}
    </div>
  );
}

const replyHead = (attempt: WebhookAttemptRow): string =>
  `Attempt ${attempt.number}, ${clockSeconds(attempt.startedAt)}: ${answerText({ httpStatus: attempt.httpStatus, error: attempt.outcome })}`;
