"use client";

import { Waypoints } from "lucide-react";
import Link from "next/link";
import { useCallback, useMemo } from "react";
import { useAtlasCalls, useLatestRun } from "@/components/hooks/use-atlas";
import { useSubmission } from "@/components/hooks/use-submission";
import { KeyCaps } from "@/components/keys/key-caps";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import type { AtlasRunDetail } from "@/convex/validators/atlas";

type DraftBarProps = {
  conversationId: string;
  /** Something is being written already: the draft stays out of the way. */
  isWriting: boolean;
  onUse: (text: string, runId: string) => void;
};

const CITATION = /\s*\[\d{1,2}\]/g;

/** What Atlas would answer the visitor's newest message. It never sends itself. */
export function DraftBar({ conversationId, isWriting, onUse }: DraftBarProps) {
  const run = useLatestRun(conversationId).data;
  const text = run?.isDraft && run.answer !== null && !isWriting ? run.answer.replace(CITATION, "") : null;
  return run == null || text === null ? null : <Draft run={run} text={text} onUse={onUse} />;
}

function Draft({ run, text, onUse }: { run: AtlasRunDetail; text: string } & Pick<DraftBarProps, "onUse">) {
  const { dismissSuggestion } = useAtlasCalls();
  const { refusal, submit } = useSubmission();
  const { _id: runId } = run;
  const use = useCallback(() => onUse(text, runId), [onUse, text, runId]);
  const dismiss = useCallback(
    () =>
      void submit(async () => {
        await dismissSuggestion({ runId });
      }),
    [submit, dismissSuggestion, runId],
  );
  useKeys(
    useMemo(
      () => [
        { key: "alt+Enter", label: "Use the draft", foot: "use draft", run: use },
        { key: "d", label: "Dismiss the draft", run: dismiss },
      ],
      [use, dismiss],
    ),
  );
  const sources = new Set(run.passages.filter(({ cited }) => cited).map(({ sourceId }) => sourceId)).size;
  return (
    <section aria-label="Draft from Atlas, not sent" className="max-w-[840px] flex-none px-5 max-md:px-2.5">
      <div className="grid gap-2 border-l-5 border-double border-atlas-line bg-atlas-soft px-3 py-2 md:ml-12">
        {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        <p className="max-h-40 overflow-auto text-14 wrap-anywhere whitespace-pre-wrap text-ink-2">{text}</p>
        <div className="flex flex-wrap items-center gap-2 text-12">
          <span className="flex items-center gap-1.5 text-ink-2">
            <Waypoints size={14} aria-hidden="true" className="text-atlas" />
            <span className="font-strong text-atlas">Atlas draft</span>
            <Link className="link" href={`/app/atlas?view=runs&run=${run._id}`}>
              {sources === 1 ? "from 1 source" : `from ${sources} sources`}
            </Link>
          </span>
          <span className="ml-auto flex gap-2">
            <Button size="sm" onClick={use}>
              Use
              <PrintedKey of="alt+Enter" />
            </Button>
            <Button size="sm" variant="quiet" onClick={dismiss}>
              Dismiss
              <PrintedKey of="d" />
            </Button>
          </span>
        </div>
      </div>
    </section>
  );
}

function PrintedKey({ of }: { of: string }) {
  return (
    <span aria-hidden="true" className="max-md:hidden">
      <KeyCaps of={of} bare />
    </span>
  );
}
