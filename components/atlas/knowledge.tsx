"use client";

import { CircleAlert, CircleCheck, CircleX, Clock3, FileUp, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { timeOrDate } from "@/components/format/time";
import { useKnowledge, useKnowledgeCalls } from "@/components/hooks/use-atlas";
import { useNow } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import type { KnowledgeRow } from "@/convex/validators/atlas";
import { KNOWLEDGE_FILE_MAX } from "@/lib/limits";
import { textOnlyText } from "./atlas-text";
import { SourceDialog } from "./source-dialog";

type KnowledgeProps = { brandId: string; mayManage: boolean };
type Open = { what: "new" } | { what: "edit" | "remove"; source: KnowledgeRow };

const MB = 1024 * 1024;

/** What Atlas knows of a brand, with what is indexed and when. */
export function Knowledge({ brandId, mayManage }: KnowledgeProps) {
  const sources = useKnowledge(brandId);
  const { upload, remove, retry } = useKnowledgeCalls();
  const { busy, refusal, submit } = useSubmission();
  const [open, setOpen] = useState<Open | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const close = () => setOpen(null);

  function uploadAll(files: FileList) {
    void submit(async () => {
      for (const file of files) {
        if (file.size > KNOWLEDGE_FILE_MAX) {
          throw new Error(`${file.name} is too large: at most ${KNOWLEDGE_FILE_MAX / MB} MB.`);
        }
        await upload(brandId, file);
      }
    });
  }

  return (
    <section aria-labelledby="knowledge">
      <SectionHead
        id="knowledge"
        title="Knowledge"
        hint="Atlas answers from these sources alone, and names the one that it quotes."
      >
        {mayManage ? (
          <span className="ml-auto flex gap-2">
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              accept=".txt,.md,.markdown,.html,.htm,.pdf"
              onChange={(event) => {
                if (event.target.files?.length) uploadAll(event.target.files);
                event.target.value = "";
              }}
            />
            <Button size="sm" busy={busy} onClick={() => picker.current?.click()}>
              <FileUp size={14} aria-hidden="true" />
              {busy ? "Uploading" : "Add file"}
            </Button>
            <Button size="sm" variant="main" onClick={() => setOpen({ what: "new" })}>
              <Plus size={14} aria-hidden="true" />
              Write article
            </Button>
          </span>
        ) : null}
      </SectionHead>
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      {sources.status === "failed" ? (
        <SectionFailed title="The sources did not load">
          The server could not list them. Atlas goes on answering from them.
        </SectionFailed>
      ) : sources.status === "loading" ? (
        <SectionLoading label="Loading sources" />
      ) : sources.data.length === 0 ? (
        <SectionEmpty title="Atlas knows nothing yet">
          {mayManage
            ? "Write an article, or add a file: txt, md, html or pdf. What visitors ask most often is a good start."
            : "Owners and admins write articles and add files."}
        </SectionEmpty>
      ) : (
        <SourceTable
          sources={sources.data}
          acts={
            mayManage
              ? {
                  open: setOpen,
                  retry: ({ _id: sourceId }) =>
                    void submit(async () => {
                      await retry({ sourceId });
                    }),
                }
              : undefined
          }
        />
      )}
      {open?.what === "new" ? <SourceDialog brandId={brandId} source={null} onClose={close} /> : null}
      {open?.what === "edit" ? <SourceDialog brandId={brandId} source={open.source} onClose={close} /> : null}
      {open?.what === "remove" ? (
        <ConfirmDialog
          title={`Delete “${open.source.title}”?`}
          safe="Keep source"
          action="Delete source"
          busyWord="Deleting"
          onConfirm={() => remove({ sourceId: open.source._id })}
          onClose={close}
        >
          <p className="text-ink-2">Atlas quotes it no more from now on. Answers that were given stay.</p>
        </ConfirmDialog>
      ) : null}
    </section>
  );
}

const KIND: Record<KnowledgeRow["kind"], string> = { article: "Article", text: "Text", file: "File" };

type Acts = { open: (open: Open) => void; retry: (source: KnowledgeRow) => void };

/** `acts`: what may be done with the sources; undefined for who only reads them. */
function SourceTable({ sources, acts }: { sources: readonly KnowledgeRow[]; acts: Acts | undefined }) {
  const now = useNow();
  return (
    <Table aria-labelledby="knowledge">
      <thead>
        <tr>
          <ColumnHead>Title</ColumnHead>
          <ColumnHead optional>Kind</ColumnHead>
          <ColumnHead>Index</ColumnHead>
          <ColumnHead optional className="text-right">
            Passages
          </ColumnHead>
          <ColumnHead optional>Changed</ColumnHead>
          {acts ? <ActionsHead /> : null}
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <tr key={source._id} className="hover:[&>td]:bg-sunk">
            <Cell className="w-[45%] font-medium wrap-anywhere">{source.title}</Cell>
            <Cell optional className="text-ink-2">
              {KIND[source.kind]}
            </Cell>
            <Cell>
              <IndexState source={source} now={now} onRetry={acts && (() => acts.retry(source))} />
            </Cell>
            <Cell optional className="text-right text-ink-2 tabular-nums">
              {source.chunkCount}
            </Cell>
            <Cell optional className="text-ink-2">
              {timeOrDate(source.updatedAt, { now })}
            </Cell>
            {acts ? (
              <Cell className="w-px text-right whitespace-nowrap">
                <Button
                  variant="quiet"
                  size="sm"
                  aria-label={`Edit ${source.title}`}
                  onClick={() => acts.open({ what: "edit", source })}
                >
                  Edit
                </Button>
                <Button
                  variant="quiet"
                  size="sm"
                  aria-label={`Delete ${source.title}`}
                  onClick={() => acts.open({ what: "remove", source })}
                >
                  Delete
                </Button>
              </Cell>
            ) : null}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

type IndexStateProps = { source: KnowledgeRow; now: number; onRetry: (() => void) | undefined };

function IndexState({ source, now, onRetry }: IndexStateProps) {
  const { status, error, textOnly } = source;
  if (status === "indexing") {
    return (
      <Badge kind="plain" Icon={Clock3}>
        Indexing
      </Badge>
    );
  }
  const isFailed = status === "failed";
  const trouble = isFailed ? error : textOnly === null ? null : textOnlyText(textOnly, { now });
  const mayRetry = isFailed || (textOnly !== null && textOnly.reason !== null);
  return (
    <span className="grid justify-items-start gap-0.5">
      {isFailed ? (
        <Badge kind="bad" Icon={CircleX}>
          Failed
        </Badge>
      ) : (
        <Badge kind={mayRetry ? "warn" : "ok"} Icon={mayRetry ? CircleAlert : CircleCheck}>
          Indexed {timeOrDate(source.indexedAt ?? source.updatedAt, { now })}
        </Badge>
      )}
      {trouble === null ? null : <span className="text-12 wrap-anywhere text-ink-2">{trouble}</span>}
      {mayRetry && onRetry ? (
        <Button size="sm" aria-label={`Try ${source.title} again`} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </span>
  );
}
