"use client";

import { CircleCheck, Info, RotateCw, TriangleAlert } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useNow } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import { useRetryNow, type DeliveryDetail as Detail } from "@/components/hooks/use-webhooks";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { CopyButton } from "@/components/ui/copy-button";
import { NoteBox } from "@/components/ui/note-box";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { AttemptList } from "./attempt-list";
import { curlCommand } from "./curl";
import { attemptSentence, deliveryHeadline, whatNext } from "./delivery-text";
import { ExchangeTabs, RESPONSE_TAB } from "./exchange-tabs";

type DeliveryDetailProps = {
  delivery: Detail;
  retrySchedule: readonly number[];
  /** Owners and admins may send it again. */
  mayRetry: boolean;
  /** Nothing can be sent to its endpoint now. */
  endpointDisabled: boolean;
  onClose: () => void;
};

/** An open row of the log: what happened, what happens next, every attempt, and what was said on both sides. */
export function DeliveryDetail(props: DeliveryDetailProps) {
  const { delivery, retrySchedule, mayRetry, endpointDisabled, onClose } = props;
  const now = useNow();
  const [tab, setTab] = useState(0);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const { attemptRows } = delivery;
  const ended = attemptRows.filter(({ outcome }) => outcome !== "sending");
  const newest = ended[ended.length - 1];
  const shown = ended.find(({ _id }) => _id === chosenId) ?? newest ?? null;
  const next = whatNext(delivery, retrySchedule, { now });
  const { Icon, color } = headlineLook(delivery);

  return (
    <DetailFrame>
      <div className="min-w-0">
        <h3 className={cn("flex items-start gap-[7px] text-14 font-strong", color)}>
          <Icon size={16} aria-hidden="true" className="mt-0.5" />
          {deliveryHeadline(delivery)}
        </h3>
        <p className="mt-1 mb-3 max-w-[62ch] text-13 leading-[1.1875rem] text-ink-2">
          {newest ? `${attemptSentence(newest)} ` : null}
          {next}
        </p>
        <DetailActions
          delivery={delivery}
          mayRetry={mayRetry}
          endpointDisabled={endpointDisabled}
          onClose={onClose}
        />
        <AttemptList
          attempts={attemptRows}
          nextRetryAt={delivery.nextRetryAt}
          shownId={tab === RESPONSE_TAB ? (shown?._id ?? null) : null}
          onShow={(attemptId) => {
            setChosenId(attemptId);
            setTab(RESPONSE_TAB);
          }}
        />
        <p className="mt-3 text-12 text-ink-2">
          Sent to <span className="font-mono wrap-anywhere">{delivery.url}</span>
          {delivery.endpointDeleted ? ", an endpoint that was deleted" : null}
        </p>
      </div>
      <ExchangeTabs request={delivery.request} attempt={shown} chosen={tab} onChoose={setTab} />
    </DetailFrame>
  );
}

function headlineLook({ status, state }: Detail) {
  if (state === "sending") return { Icon: Info, color: undefined };
  if (status === "failed" || status === "retrying") return { Icon: TriangleAlert, color: "text-danger-ink" };
  if (status === "delivered") return { Icon: CircleCheck, color: "text-success-ink" };
  return { Icon: Info, color: undefined };
}

/** Two columns; one where there is no room. It never widens the table, and keeps its height while it loads. */
function DetailFrame({ children }: { children: ReactNode }) {
  return (
    <div className="w-0 min-w-full">
      <div className="grid min-h-[19rem] grid-cols-[minmax(0,1fr)] content-start gap-x-7 gap-y-4 py-3.5 pl-[26px] max-md:pl-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.05fr)]">
        {children}
      </div>
    </div>
  );
}

export function DetailSkeleton() {
  return (
    <DetailFrame>
      <LoadingAfterDelay label="Loading the delivery">
        <div className="grid gap-3">
          <SkeletonLine className="w-[40%]" />
          <SkeletonLine className="w-[90%] opacity-70" />
          <SkeletonLine className="w-[70%] opacity-70" />
        </div>
      </LoadingAfterDelay>
    </DetailFrame>
  );
}

type DetailActionsProps = Pick<DeliveryDetailProps, "delivery" | "mayRetry" | "endpointDisabled" | "onClose">;

/** Retry now and Copy as curl, by button and by key. */
function DetailActions({ delivery, mayRetry, endpointDisabled, onClose }: DetailActionsProps) {
  const retry = useRetryNow();
  const { busy, refusal, submit } = useSubmission();
  const copy = useRef<HTMLButtonElement>(null);
  const { _id: deliveryId, status, state, request, url } = delivery;
  const sending = busy || state === "sending";
  const offered = mayRetry && status !== "delivered" && status !== "canceled" && request !== null;
  const possible = offered && !endpointDisabled;

  // Once it has arrived the button goes, and with it the focus of whoever pressed it.
  useEffect(() => {
    if (!offered && document.activeElement === document.body) copy.current?.focus({ preventScroll: true });
  }, [offered]);

  const retryNow = useCallback(() => {
    void submit(async () => void (await retry({ deliveryId })));
  }, [submit, retry, deliveryId]);
  useKeys(
    useMemo(
      () => [
        ...(possible
          ? [{ key: "r", label: "Retry now", foot: "retry now", run: sending ? () => undefined : retryNow }]
          : []),
        { key: "c", label: "Copy as curl", foot: "copy as curl", run: () => copy.current?.click() },
        { key: "Escape", label: "Close the row", run: onClose },
      ],
      [possible, sending, retryNow, onClose],
    ),
  );

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        {offered ? (
          <Button
            variant="main"
            size="sm"
            busy={sending}
            disabled={!possible}
            onClick={retryNow}
            className="min-w-24"
          >
            <RotateCw size={14} aria-hidden="true" />
            {sending ? "Sending" : "Retry now"}
          </Button>
        ) : null}
        {request === null ? null : (
          <CopyButton
            ref={copy}
            text={curlCommand(url, request)}
            label="Copy the request as curl, without its signature"
            word="Copy as curl"
            variant="outline"
            size="sm"
          />
        )}
        {offered && endpointDisabled ? (
          <span className="text-12 text-ink-2">Enable the endpoint first.</span>
        ) : null}
      </div>
      {refusal ? (
        <div className="mt-2 max-w-[420px]">
          <NoteBox kind="danger">{refusal.message}</NoteBox>
        </div>
      ) : null}
    </>
  );
}
