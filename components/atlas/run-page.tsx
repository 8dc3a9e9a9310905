"use client";

import { ArrowLeft, RotateCw, ThumbsDown, ThumbsUp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { fullTime } from "@/components/format/time";
import { useAtlasCalls, useRun } from "@/components/hooks/use-atlas";
import { useSubmission } from "@/components/hooks/use-submission";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import type { AtlasRunDetail } from "@/convex/validators/atlas";
import { RUN_REASON, costText, outcomeText, shareText, writerText } from "./atlas-text";

type RunPageProps = { runId: string; onClose: () => void; onOpen: (runId: string) => void };

/** Why Atlas did what it did: the question, what it found, what it wrote, and how that was judged. */
export function RunPage({ runId, onClose, onOpen }: RunPageProps) {
  const run = useRun(runId);
  return (
    <article aria-label="Run" className="grid max-w-[820px] gap-6">
      <Button variant="quiet" size="sm" className="justify-self-start" onClick={onClose}>
        <ArrowLeft size={14} aria-hidden="true" />
        All runs
      </Button>
      {run.status === "loading" ? (
        <SectionLoading label="Loading the run" />
      ) : run.status === "failed" ? (
        <SectionFailed title="The run did not load">The server could not read it.</SectionFailed>
      ) : run.data === null ? (
        <SectionEmpty title="This run does not exist">
          Runs are kept for 90 days, and only those of your brands are shown.
        </SectionEmpty>
      ) : (
        <RunDetail run={run.data} onOpen={onOpen} />
      )}
    </article>
  );
}

function RunDetail({ run, onOpen }: { run: AtlasRunDetail; onOpen: (runId: string) => void }) {
  const { rateRun, replayRun } = useAtlasCalls();
  const { busy, refusal, submit } = useSubmission();
  const rate = (rating: "good" | "bad") =>
    void submit(async () => {
      await rateRun({ runId: run._id, rating: run.rating === rating ? null : rating });
    });
  return (
    <>
      <header className="grid gap-1">
        <h2 className="text-15 font-strong wrap-anywhere whitespace-pre-wrap">{run.question}</h2>
        <p className="text-13 text-ink-2">
          {outcomeText(run)}, {fullTime(run.createdAt)}. {writerText(run)}, {costText(run)}.
          {run.conversationId === null ? null : (
            <>
              {" "}
              <Link className="link" href={`/app?conversation=${run.conversationId}`}>
                Open the conversation
              </Link>
            </>
          )}
        </p>
      </header>
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" aria-pressed={run.rating === "good"} onClick={() => rate("good")}>
          <ThumbsUp size={14} aria-hidden="true" />
          Good answer{run.rating === "good" ? ", rated" : ""}
        </Button>
        <Button size="sm" aria-pressed={run.rating === "bad"} onClick={() => rate("bad")}>
          <ThumbsDown size={14} aria-hidden="true" />
          Bad answer{run.rating === "bad" ? ", rated" : ""}
        </Button>
        <Button
          size="sm"
          busy={busy}
          onClick={() =>
            void submit(async () => {
              onOpen((await replayRun({ runId: run._id })).runId);
            })
          }
        >
          <RotateCw size={14} aria-hidden="true" />
          Ask again with today’s knowledge
        </Button>
      </div>
      {run.reason === null ? null : <NoteBox kind="info">{RUN_REASON[run.reason]}</NoteBox>}
      {run.error === null ? null : <NoteBox kind="danger">{run.error}</NoteBox>}
      <Part title="Answer">
        {run.answer === null ? (
          <p className="text-ink-2">None.</p>
        ) : (
          <p className="border-l-5 border-double border-atlas-line pl-3 wrap-anywhere whitespace-pre-wrap">
            {run.answer}
          </p>
        )}
      </Part>
      {run.verdict === null ? null : (
        <Part title="Verdict">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-13">
            <dt className="text-ink-2">Sources match the question</dt>
            <dd className="tabular-nums">{shareText(run.verdict.retrieval)}</dd>
            <dt className="text-ink-2">Answer stands in its sources</dt>
            <dd className="tabular-nums">{shareText(run.verdict.support)}</dd>
            <dt className="text-ink-2">Confidence, the smaller of both</dt>
            <dd className="font-strong tabular-nums">{shareText(run.verdict.confidence)}</dd>
            <dt className="text-ink-2">Needed to be posted</dt>
            <dd className="tabular-nums">{shareText(run.verdict.threshold)}</dd>
          </dl>
        </Part>
      )}
      <Part title="Passages that it found">
        {run.passages.length === 0 ? <p className="text-ink-2">None.</p> : null}
        <ol className="grid gap-4">
          {run.passages.map((passage, index) => (
            <li key={passage.chunkId} className="grid gap-1">
              <p className="text-13">
                <span className="font-strong">
                  [{index + 1}] {passage.heading}
                </span>{" "}
                <span className="text-ink-2">
                  {shareText(passage.strength)} match{passage.cited ? ", cited" : ""}
                </span>
              </p>
              <p className="text-13 wrap-anywhere whitespace-pre-wrap text-ink-2">{passage.text}</p>
            </li>
          ))}
        </ol>
      </Part>
      <Part title="What was said before">
        <ol className="grid gap-1 text-13">
          {run.history.map((turn, index) => (
            <li key={index} className="wrap-anywhere whitespace-pre-wrap">
              <span className="text-ink-2">{turn.role === "visitor" ? "Visitor" : "Team"}: </span>
              {turn.text}
            </li>
          ))}
        </ol>
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2 border-t border-line pt-3">
      <h3 className="text-13 font-strong">{title}</h3>
      {children}
    </section>
  );
}
