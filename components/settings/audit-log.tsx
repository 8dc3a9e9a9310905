"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { fullTime, timeInSentence } from "@/components/format/time";
import { useNow } from "@/components/hooks/use-now";
import { useAuditLog } from "@/components/hooks/use-settings";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import type { AuditFilter, AuditRow } from "@/convex/validators/audit";
import { actionText } from "./settings-text";

type Narrowed = { filter: AuditFilter; word: string };

/** Who did what to the workspace, newest first. A kind or a person in a row narrows the list to it. */
export function AuditLog() {
  const [narrowed, setNarrowed] = useState<Narrowed | null>(null);
  const { status, rows, complete, canLoadMore, loadMore } = useAuditLog(narrowed?.filter);
  return (
    <section aria-labelledby="audit">
      <SectionHead id="audit" title="Audit log" hint="Changes to the workspace, its brands, people and keys.">
        {narrowed ? (
          <Button size="sm" onClick={() => setNarrowed(null)}>
            <X size={14} aria-hidden="true" />
            Only {narrowed.word}
          </Button>
        ) : null}
      </SectionHead>
      {status === "failed" ? (
        <SectionFailed title="The audit log did not load">
          The server could not list it. What happens is recorded all the same.
        </SectionFailed>
      ) : status === "loading" ? (
        <SectionLoading label="Loading the audit log" />
      ) : rows.length === 0 ? (
        <SectionEmpty title="Nothing was changed yet">
          Changes to keys, webhooks, brands, people and settings appear here.
        </SectionEmpty>
      ) : (
        <>
          <AuditTable rows={rows} onNarrow={setNarrowed} />
          {complete ? null : (
            <div className="pt-3">
              <Button size="sm" busy={!canLoadMore} onClick={loadMore}>
                {canLoadMore ? "Load earlier changes" : "Loading earlier changes"}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

type AuditTableProps = { rows: readonly AuditRow[]; onNarrow: (narrowed: Narrowed) => void };

function AuditTable({ rows, onNarrow }: AuditTableProps) {
  const now = useNow();
  return (
    <Table>
      <thead>
        <tr>
          <ColumnHead>What</ColumnHead>
          <ColumnHead>To what</ColumnHead>
          <ColumnHead optional>Details</ColumnHead>
          <ColumnHead>Who</ColumnHead>
          <ColumnHead>When</ColumnHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ _id, action, target, details, operatorId, operatorName, createdAt }) => {
          const what = actionText(action);
          return (
            <tr key={_id}>
              <Cell>
                <NarrowButton word={what} onClick={() => onNarrow({ filter: { action }, word: what })} />
              </Cell>
              <Cell className="min-w-20 wrap-anywhere">{target}</Cell>
              <Cell optional className="wrap-anywhere text-ink-2">
                {details ?? "none"}
              </Cell>
              <Cell className="min-w-16 wrap-anywhere">
                {operatorId === undefined ? (
                  operatorName
                ) : (
                  <NarrowButton
                    word={operatorName}
                    onClick={() => onNarrow({ filter: { operatorId }, word: operatorName })}
                  />
                )}
              </Cell>
              <Cell className="text-ink-2">
                {now === 0 ? null : (
                  <time dateTime={new Date(createdAt).toISOString()} title={fullTime(createdAt)}>
                    {timeInSentence(createdAt, { now })}
                  </time>
                )}
              </Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function NarrowButton({ word, onClick }: { word: string; onClick: () => void }) {
  return (
    <button
      type="button"
      title={`Only ${word}`}
      onClick={onClick}
      className="min-h-6 rounded-sm text-left text-accent-ink hover:underline pointer-coarse:min-h-11"
    >
      {word}
    </button>
  );
}
