"use client";

import { CircleCheck, CircleX, Play } from "lucide-react";
import { textOf } from "@/components/auth/submit";
import { timeOrDate } from "@/components/format/time";
import { useAtlasCalls, useKnowledge, useQuestions } from "@/components/hooks/use-atlas";
import { useNow } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import { SelectField } from "@/components/ui/select-field";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { ATLAS_QUESTION_MAX } from "@/lib/limits";
import { shareText } from "./atlas-text";

type EvaluationProps = { brandId: string; mayManage: boolean; onOpenRun: (runId: string) => void };

/** Questions with the source that their answer must cite: whether Atlas would answer them, before visitors ask. */
export function Evaluation({ brandId, mayManage, onOpenRun }: EvaluationProps) {
  const questions = useQuestions(brandId);
  const knowledge = useKnowledge(brandId);
  const sources = knowledge.data ?? [];
  const { runEvaluation, removeQuestion, addQuestion } = useAtlasCalls();
  const { busy, refusal, submit } = useSubmission();
  const now = useNow();
  const titleOf = (sourceId: string | null) => {
    if (sourceId === null) return "Hand over";
    // Until the sources are there, none of them counts as deleted.
    const missing = knowledge.status === "ready" ? "A deleted source" : "";
    return sources.find(({ _id }) => _id === sourceId)?.title ?? missing;
  };

  return (
    <section aria-labelledby="evaluation">
      <SectionHead
        id="evaluation"
        title="Evaluation"
        hint="Each question is asked as a visitor would; nothing is posted. It costs tokens like a run."
      >
        {mayManage && questions.data && questions.data.length > 0 ? (
          <Button
            size="sm"
            variant="main"
            className="ml-auto"
            busy={busy}
            onClick={() =>
              void submit(async () => {
                await runEvaluation({ brandId });
              })
            }
          >
            <Play size={14} aria-hidden="true" />
            Ask all
          </Button>
        ) : null}
      </SectionHead>
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      {questions.status === "failed" ? (
        <SectionFailed title="The questions did not load">The server could not list them.</SectionFailed>
      ) : questions.status === "loading" ? (
        <SectionLoading label="Loading questions" />
      ) : questions.data.length === 0 ? (
        <SectionEmpty title="No questions yet">
          Add what visitors ask, with the source that answers it, and some questions that Atlas should leave
          to people.
        </SectionEmpty>
      ) : (
        <Table aria-labelledby="evaluation">
          <thead>
            <tr>
              <ColumnHead>Question</ColumnHead>
              <ColumnHead optional>Should cite</ColumnHead>
              <ColumnHead>Last time</ColumnHead>
              <ActionsHead />
            </tr>
          </thead>
          <tbody>
            {questions.data.map(({ _id, question, expectedSourceId, lastRun }) => (
              <tr key={_id} className="hover:[&>td]:bg-sunk">
                <Cell className="wrap-anywhere">{question}</Cell>
                <Cell optional className="text-ink-2">
                  {titleOf(expectedSourceId)}
                </Cell>
                <Cell className="whitespace-nowrap">
                  {lastRun === null ? (
                    <span className="text-ink-2">Not asked</span>
                  ) : (
                    <button
                      type="button"
                      className="min-h-6 text-left"
                      onClick={() => onOpenRun(lastRun.runId)}
                    >
                      <Badge
                        kind={lastRun.passed ? "ok" : "bad"}
                        Icon={lastRun.passed ? CircleCheck : CircleX}
                      >
                        {lastRun.passed ? "As expected" : "Not as expected"}
                      </Badge>{" "}
                      <span className="text-ink-2 max-md:block">
                        {shareText(lastRun.confidence)}, {timeOrDate(lastRun.at, { now })}
                      </span>
                    </button>
                  )}
                </Cell>
                <Cell className="w-px text-right">
                  {mayManage ? (
                    <Button
                      variant="quiet"
                      size="sm"
                      aria-label={`Delete ${question}`}
                      onClick={() =>
                        void submit(async () => {
                          await removeQuestion({ questionId: _id });
                        })
                      }
                    >
                      Delete
                    </Button>
                  ) : null}
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {mayManage ? (
        <form
          className="mt-4 grid max-w-[620px] gap-3.5"
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const data = new FormData(form);
            const expected = textOf(data, "expected");
            void submit(async () => {
              const question = { brandId, question: textOf(data, "question") };
              await addQuestion(expected === "" ? question : { ...question, expectedSourceId: expected });
              form.reset();
            });
          }}
        >
          <TextField
            label="New question"
            name="question"
            required
            maxLength={ATLAS_QUESTION_MAX}
            autoComplete="off"
          />
          <SelectField label="Should cite" name="expected" defaultValue="">
            <option value="">Nothing: Atlas should hand over</option>
            {sources.map(({ _id, title }) => (
              <option key={_id} value={_id}>
                {title}
              </option>
            ))}
          </SelectField>
          <Button type="submit" className="justify-self-start" busy={busy}>
            Add question
          </Button>
        </form>
      ) : null}
    </section>
  );
}
