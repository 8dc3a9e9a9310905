"use client";

import { numberText } from "@/components/format/formats";
import { Tabs } from "radix-ui";
import {
  useEffect,
  useId,
  useMemo,
  useState,
  type CSSProperties,
  type ReactNode,
  type RefObject,
} from "react";
import type { Refusal } from "@/components/hooks/use-outbox";
import { KeyCaps } from "@/components/keys/key-caps";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { FieldError } from "@/components/ui/field";
import { MESSAGE_BODY_MAX } from "@/lib/limits";
import { firstUnfilled } from "@/lib/reply-variables";
import { checkMessageBody } from "@/lib/validation";
import { ComposerField, type CompletionSource } from "./composer-field";
import { restoreText, withText, type ComposerMode, type Draft } from "./drafts";
import { SendQuestion } from "./send-question";

/** From this many characters on, the field says how many are left. */
const COUNT_FROM = MESSAGE_BODY_MAX - 500;

const MODES = {
  reply: { tab: "Reply", key: "r", field: "Reply", button: "Send" },
  note: { tab: "Internal note", key: "n", field: "Internal note", button: "Add note" },
} as const;

type ComposerProps = {
  /** The text field, for who puts text in it and leads there. */
  field: RefObject<HTMLTextAreaElement | null>;
  /** To whom a reply goes and how, for the corner: "to Hannah, by web chat". */
  address: string;
  draft: Draft;
  onDraft: (next: (draft: Draft) => Draft) => void;
  /** The operator turns to something else. */
  onLeave: () => void;
  onSend: (body: string, internal: boolean) => void;
  /** What is offered while one writes, by mode. */
  sources: Record<ComposerMode, readonly CompletionSource[]>;
  /** Why a reply may be one too many: "Bo answered 20 s ago." Asked once before it goes out; null: it is not. */
  doubt: string | null;
  /** The operator turns to what came meanwhile, without sending. */
  onReadFirst: () => void;
  /** A message that the server did not take: its text comes back into the box. */
  refusal: Refusal | undefined;
  onTakenBack: (refusal: Refusal) => void;
  /** What stands before the button; `internal` while a note is written. */
  tools?: (internal: boolean) => ReactNode;
};

/** Where an operator writes: a reply to the visitor, or a note that only the team sees. */
export function Composer(props: ComposerProps) {
  const { address, draft, onDraft, onLeave, onSend, sources, doubt, onReadFirst, refusal, onTakenBack } =
    props;
  const { field, tools } = props;
  const { mode } = draft;
  const text = draft[mode];
  const words = MODES[mode];
  const [reason, setReason] = useState<string | null>(null);
  const reasonId = useId();
  const [asked, setAsked] = useState<string | null>(null);
  // Asked about one answer, not about the next one; and not about a reply that is begun anew.
  if (asked !== null && (asked !== doubt || draft.reply === "")) setAsked(null);

  useEffect(() => {
    if (!refusal) return;
    const { internal, body: text, runId } = refusal.entry;
    onDraft((current) => restoreText(current, { mode: internal ? "note" : "reply", text, runId }));
    setReason(refusal.reason);
    onTakenBack(refusal);
  }, [refusal, onDraft, onTakenBack]);

  const enterMode = useMemo(
    () => (next: ComposerMode) => {
      setReason(null);
      onDraft((current) => ({ ...current, mode: next }));
      field.current?.focus();
    },
    [onDraft, field],
  );
  useKeys(
    useMemo(
      () => [
        { key: "r", label: "Reply", foot: "reply", run: () => enterMode("reply") },
        { key: "n", label: "Internal note", foot: "note", run: () => enterMode("note") },
        { key: "mod+Enter", label: "Send" },
      ],
      [enterMode],
    ),
  );

  const send = (isSure = false) => {
    const checked = checkMessageBody(text);
    const open = mode === "reply" ? firstUnfilled(text) : null;
    if (!checked.ok || open !== null) {
      setReason(checked.ok ? `{{${open?.name}}} has no value here. Write it yourself.` : checked.reason);
      field.current?.focus();
      if (open !== null) field.current?.setSelectionRange(open.start, open.end);
      return;
    }
    if (mode === "reply" && doubt !== null && !isSure) {
      setAsked(doubt);
      return;
    }
    onSend(checked.value, mode === "note");
    onDraft((current) => withText(current, mode, ""));
    setReason(null);
    field.current?.focus();
  };

  const note = mode === "note";
  return (
    <form
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="max-w-[840px] flex-none px-5 pt-1 pb-4 max-md:px-2.5 max-md:pt-1.5 max-md:pb-2.5"
    >
      <Tabs.Root
        value={mode}
        onValueChange={(next) => enterMode(next === "note" ? "note" : "reply")}
        className={cn(
          "rounded-md outline-offset-[-1px] outline-focus has-[textarea:focus-visible]:outline-2 md:ml-12",
          note
            ? "border-2 border-dashed border-note-line bg-note-soft"
            : "border border-line-control bg-raised",
        )}
      >
        <Modes mode={mode} address={address} />
        <Tabs.Content value={mode} tabIndex={-1} aria-labelledby={undefined} aria-label="Text">
          <ComposerField
            field={field}
            label={words.field}
            text={text}
            onText={(value) => {
              setReason(null);
              onDraft((current) => withText(current, mode, value));
            }}
            onSend={() => send()}
            onLeave={onLeave}
            reasonId={reason ? reasonId : undefined}
            sources={sources[mode]}
          />
        </Tabs.Content>
        {asked === null || note ? null : (
          <SendQuestion
            doubt={asked}
            onSend={() => send(true)}
            onRead={() => {
              setAsked(null);
              onReadFirst();
            }}
          />
        )}
        <div
          className={cn(
            "flex min-h-[37px] items-center gap-2 border-t px-1.5 py-[5px]",
            note ? "border-note-line/45" : "border-line-faint",
          )}
        >
          <div role="status" className="min-w-0 flex-1 px-1.5">
            {reason ? (
              <FieldError id={reasonId}>{reason}</FieldError>
            ) : text.length > COUNT_FROM ? (
              <span className="text-12 text-ink-2">{lengthWords(text.length)}</span>
            ) : null}
          </div>
          {tools?.(note)}
          <Button type="submit" variant="main" size="sm">
            {words.button}
            <span aria-hidden="true" className="max-md:hidden">
              <KeyCaps of="mod+Enter" bare />
            </span>
          </Button>
        </div>
      </Tabs.Root>
    </form>
  );
}

function Modes({ mode, address }: { mode: ComposerMode; address: string }) {
  const note = mode === "note";
  return (
    <div
      className={cn(
        "flex h-[34px] items-center gap-0.5 border-b px-1.5 max-md:h-10",
        note ? "border-note-line/45" : "border-line",
      )}
    >
      <Tabs.List aria-label="Write" className="flex h-full gap-0.5">
        {(["reply", "note"] as const).map((each) => (
          <Tabs.Trigger
            key={each}
            value={each}
            aria-keyshortcuts={MODES[each].key}
            className="flex h-full items-center gap-1.5 px-2 text-13 whitespace-nowrap text-ink-2 focus-visible:outline-offset-[-2px] data-[state=active]:font-strong data-[state=active]:text-ink data-[state=active]:shadow-[inset_0_-3px_0_var(--mode-line)]"
            style={
              { "--mode-line": each === "note" ? "var(--role-note-line)" : "var(--accent)" } as CSSProperties
            }
          >
            {MODES[each].tab}
            <span aria-hidden="true" className="max-md:hidden">
              <KeyCaps of={MODES[each].key} />
            </span>
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <span
        className={cn(
          "ml-auto min-w-0 truncate pr-1.5 text-12 max-md:hidden",
          note ? "font-medium text-note" : "text-ink-2",
        )}
      >
        {note ? "only your team sees this" : address}
      </span>
    </div>
  );
}

function lengthWords(length: number): string {
  const left = MESSAGE_BODY_MAX - length;
  return left >= 0 ? `${numberText(left)} characters left` : `${numberText(-left)} characters too many`;
}
