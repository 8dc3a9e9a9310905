"use client";

import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { matchesKey } from "@/components/keys/key-match";
import { firstUnfilled } from "@/lib/reply-variables";
import { typedBehind, type Completion, type CompletionMark } from "./completion";
import { CompletionList, optionId } from "./completion-list";

/** Pixels that the text field grows to before it scrolls. */
const FIELD_MAX_PX = 280;

/** What is offered behind a mark. */
export type CompletionSource = {
  mark: CompletionMark;
  label: string;
  match: (query: string) => readonly Completion[];
};

type ComposerFieldProps = {
  field: RefObject<HTMLTextAreaElement | null>;
  label: string;
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  onLeave: () => void;
  /** Id of what is said about the text; undefined: nothing is wrong with it. */
  reasonId: string | undefined;
  sources: readonly CompletionSource[];
};

/**
 * The composer's text field. Behind a mark it offers what may be written there: the arrows choose, Enter or Tab takes,
 * Escape puts the offer away. It stays a text field of several lines by role, which has no expanded state.
 */
export function ComposerField(props: ComposerFieldProps) {
  const { field, label, text, onText, onSend, onLeave, reasonId, sources } = props;
  const listId = useId();
  const { offer, active, move, take, setCaret, dismiss } = useCompletion(field, text, onText, sources);
  useGrowingField(field, text);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const act = matchesKey(event.nativeEvent, "mod+Enter") ? onSend : actionOf(event.key, event.shiftKey);
    if (act === null) return;
    event.preventDefault();
    act();
  };
  const actionOf = (key: string, shift: boolean): (() => void) | null => {
    if (offer === null) return key === "Escape" ? () => field.current?.blur() : null;
    const option = offer.options[active];
    if (key === "ArrowDown") return () => move(1);
    if (key === "ArrowUp") return () => move(-1);
    if (key === "Escape") return dismiss;
    if ((key === "Enter" || key === "Tab") && !shift && option) return () => take(option);
    return null;
  };

  return (
    <div className="relative">
      <textarea
        ref={field}
        value={text}
        dir="auto"
        rows={1}
        aria-label={label}
        aria-invalid={reasonId ? true : undefined}
        aria-describedby={reasonId}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={offer ? listId : undefined}
        aria-activedescendant={offer ? optionId(listId, active) : undefined}
        onChange={(event) => {
          onText(event.target.value);
          setCaret(event.target.selectionStart);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={() => {
          dismiss();
          onLeave();
        }}
        onKeyDown={onKeyDown}
        className="block min-h-11 w-full resize-none bg-transparent px-3 py-[9px] text-15 outline-none focus-visible:outline-none max-md:text-[1rem]"
      />
      {offer ? (
        <CompletionList
          id={listId}
          label={offer.label}
          options={offer.options}
          active={active}
          onTake={take}
        />
      ) : null}
    </div>
  );
}

/** What is offered at the caret, and which line of it is chosen. */
function useCompletion(
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  onText: (text: string) => void,
  sources: readonly CompletionSource[],
) {
  const [caret, setCaret] = useState(0);
  const [dismissed, setDismissed] = useState<number | null>(null);
  const [choice, setChoice] = useState({ of: "", index: 0 });
  const select = useRef<[start: number, end: number] | null>(null);

  const found = sources
    .map((source) => ({ source, typed: typedBehind(source.mark, text, caret) }))
    .find(({ typed }) => typed !== null);
  const typed = found?.typed ?? null;
  const options = typed === null || typed.start === dismissed ? [] : (found?.source.match(typed.query) ?? []);
  const offer = options.length > 0 && found ? { label: found.source.label, options } : null;
  // Another query begins at its first line again.
  const of = typed === null ? "" : `${typed.start}:${typed.query}`;
  const active = choice.of === of ? Math.min(choice.index, options.length - 1) : 0;

  useLayoutEffect(() => {
    if (select.current === null || !field.current) return;
    field.current.setSelectionRange(...select.current);
    select.current = null;
  }, [field, text]);

  const take = (option: Completion) => {
    if (typed === null) return;
    onText(text.slice(0, typed.start) + option.insert + text.slice(caret));
    const end = typed.start + option.insert.length;
    // What has no value is selected: the operator writes over it.
    const open = firstUnfilled(option.insert);
    select.current = open === null ? [end, end] : [typed.start + open.start, typed.start + open.end];
    setCaret(select.current[1]);
    setDismissed(null);
  };
  return {
    offer,
    active,
    take,
    setCaret: (next: number) => setCaret(next),
    move: (by: number) => setChoice({ of, index: (active + by + options.length) % options.length }),
    dismiss: () => setDismissed(typed?.start ?? null),
  };
}

/** The field is as tall as its text, up to a limit. */
function useGrowingField(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(FIELD_MAX_PX, element.scrollHeight)}px`;
  }, [field, text]);
}
