"use client";

import { timeOrDate } from "@/components/format/time";
import { useRuns } from "@/components/hooks/use-atlas";
import { useNow } from "@/components/hooks/use-now";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { isPlainClick } from "@/components/ui/plain-click";
import { SectionHead } from "@/components/ui/section-head";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { costText, outcomeText, shareText } from "./atlas-text";

type RunListProps = { brandId: string; onOpen: (runId: string) => void };

/** What Atlas did, newest first. */
export function RunList({ brandId, onOpen }: RunListProps) {
  const runs = useRuns(brandId);
  const now = useNow();
  return (
    <section aria-labelledby="runs">
      <SectionHead id="runs" title="Runs" hint="Each question that Atlas looked at, and what became of it." />
      {runs.status === "failed" ? (
        <SectionFailed title="The runs did not load">The server could not list them.</SectionFailed>
      ) : runs.status === "loading" ? (
        <SectionLoading label="Loading runs" />
      ) : runs.rows.length === 0 ? (
        <SectionEmpty title="No runs yet">
          A run appears when a visitor writes to a brand where Atlas drafts or answers.
        </SectionEmpty>
      ) : (
        <>
          <Table aria-labelledby="runs">
            <thead>
              <tr>
                <ColumnHead>Question</ColumnHead>
                <ColumnHead>Outcome</ColumnHead>
                <ColumnHead optional className="text-right">
                  Confidence
                </ColumnHead>
                <ColumnHead optional>Cost</ColumnHead>
                <ColumnHead optional>Rating</ColumnHead>
                <ColumnHead>When</ColumnHead>
              </tr>
            </thead>
            <tbody>
              {runs.rows.map((run) => (
                <tr key={run._id} className="hover:[&>td]:bg-sunk">
                  <Cell className="w-full max-w-0">
                    <a
                      href={`/app/atlas?view=runs&run=${run._id}`}
                      className="line-clamp-2 font-medium wrap-anywhere underline-offset-3 hover:underline"
                      onClick={(event) => {
                        if (!isPlainClick(event)) return;
                        event.preventDefault();
                        onOpen(run._id);
                      }}
                    >
                      {run.question}
                    </a>
                  </Cell>
                  <Cell className="text-ink-2 md:whitespace-nowrap">{outcomeText(run)}</Cell>
                  <Cell optional className="text-right text-ink-2 tabular-nums">
                    {run.verdict === null ? "none" : shareText(run.verdict.confidence)}
                  </Cell>
                  <Cell optional className="whitespace-nowrap text-ink-2">
                    {costText(run)}
                  </Cell>
                  <Cell optional className="text-ink-2">
                    {run.rating === null ? "none" : run.rating === "good" ? "Good" : "Bad"}
                  </Cell>
                  <Cell className="whitespace-nowrap text-ink-2">{timeOrDate(run.createdAt, { now })}</Cell>
                </tr>
              ))}
            </tbody>
          </Table>
          {runs.canLoadMore ? (
            <Button className="mt-3" onClick={runs.loadMore}>
              Earlier runs
            </Button>
          ) : null}
        </>
      )}
    </section>
  );
}
