import { Info } from "lucide-react";
import { clockTime, fullTime } from "@/components/format/time";
import { cn } from "@/components/ui/cn";
import { mentionParts } from "./completion";
import { MessageFiles } from "./message-files";
import type { Turn } from "./transcript";

type Speaker = Exclude<Turn["role"], "system">;

/** Line, surface and name of each speaker; the words beside the name say the same without colour. */
const LOOK: Record<Speaker, { line: string; surface: string; name: string }> = {
  visitor: {
    line: "border-l border-visitor-line pl-4",
    surface: "rounded-r-md bg-visitor-soft pt-1.5 pr-3.5 pb-2",
    name: "text-visitor",
  },
  operator: { line: "border-l-3 border-accent pl-3.5", surface: "pr-3.5 pb-px", name: "text-operator" },
  atlas: {
    line: "border-l-5 border-double border-atlas-line pl-3",
    surface: "pr-3.5 pb-px",
    name: "text-atlas",
  },
  internal_note: {
    line: "border-l-2 border-dashed border-note-line pl-[15px]",
    surface: "bg-note-soft pt-1.5 pr-3.5 pb-2",
    name: "text-note",
  },
};

function roleWords(turn: Turn): string {
  switch (turn.role) {
    case "visitor":
      return "visitor";
    case "operator":
      return turn.self ? "operator, you" : "operator";
    case "atlas":
      return "AI agent, answered by itself";
    case "internal_note":
      return "internal note, visitors never see this";
    case "system":
      return "";
  }
}

type MessageTurnProps = {
  turn: Turn;
  /** What to call the visitor. */
  visitor: string;
  /** The connection is lost: a message that is on its way says that it waits. */
  offline: boolean;
  /** A link led to it: it comes into view, and is marked. */
  linked: boolean;
};

/** One contribution to the thread: the time in the margin, a line that says who speaks, then the text as written. */
export function MessageTurn({ turn, visitor, offline, linked }: MessageTurnProps) {
  if (turn.role === "system") return <SystemLine text={turn.body} at={turn.at} />;
  const look = LOOK[turn.role];
  const name =
    turn.role === "visitor" ? visitor : turn.role === "atlas" ? "Atlas" : (turn.name ?? "Operator");
  const words = roleWords(turn);
  const tinted = turn.role === "visitor" || turn.role === "internal_note";
  return (
    <article
      ref={linked ? bringIntoView : undefined}
      aria-label={`${name}, ${words}, ${clockTime(turn.at)}`}
      aria-current={linked ? true : undefined}
      className="relative mb-3 rounded-sm outline-offset-[-2px] outline-accent aria-[current=true]:outline-2 grid max-w-[820px] max-md:mb-3.5 md:grid-cols-[68px_minmax(0,1fr)]"
    >
      <div
        className={cn(
          "pr-3.5 text-right text-12 leading-[1.125rem] whitespace-nowrap text-ink-3 max-md:absolute max-md:top-0 max-md:right-0 max-md:pr-0",
          tinted ? "pt-2 max-md:pr-2.5" : "pt-px",
        )}
      >
        <time dateTime={new Date(turn.at).toISOString()} title={fullTime(turn.at)}>
          {clockTime(turn.at)}
        </time>
      </div>
      <div className={cn("min-w-0", look.line, look.surface)}>
        <header className="flex flex-wrap items-baseline gap-x-[7px] text-13 leading-5 max-md:pr-11">
          <b className={cn("min-w-0 truncate", look.name)} title={name}>
            {name}
          </b>
          <span className={cn("text-12", turn.role === "internal_note" ? "text-note" : "text-ink-3")}>
            {words}
          </span>
        </header>
        {turn.body === "" ? null : (
          <p dir="auto" className="text-15 text-pretty wrap-anywhere whitespace-pre-wrap">
            <MentionedText text={turn.body} names={turn.mentions} />
          </p>
        )}
        <MessageFiles files={turn.files} />
        {turn.mailing === undefined ? null : (
          <footer className="mt-0.5 text-12 leading-[1.125rem] wrap-anywhere text-ink-3">
            {turn.mailing}
          </footer>
        )}
        {turn.pending && offline ? (
          <footer className="mt-0.5 text-12 leading-[1.125rem] text-ink-3">
            Not sent yet. It goes out by itself.
          </footer>
        ) : null}
      </div>
    </article>
  );
}

const bringIntoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: "center" });

/** A note's text, with the people whom it names marked. */
function MentionedText({ text, names }: { text: string; names: readonly string[] }) {
  if (names.length === 0) return text;
  return mentionParts(text, names).map((part, index) =>
    part.isMention ? (
      <b key={index} className="font-strong text-note underline decoration-1 underline-offset-3">
        {part.text}
      </b>
    ) : (
      part.text
    ),
  );
}

/** One line about what happened, spoken by nobody. */
export function SystemLine({ text, at }: { text: string; at: number }) {
  return (
    <div className="mb-3 grid text-12 leading-[1.125rem] text-ink-3 md:grid-cols-[68px_minmax(0,1fr)]">
      <time
        dateTime={new Date(at).toISOString()}
        className="pr-3.5 text-right whitespace-nowrap max-md:hidden"
      >
        {clockTime(at)}
      </time>
      <span className="flex gap-1.5">
        <Info size={14} aria-hidden="true" className="mt-0.5" />
        <span className="min-w-0 wrap-anywhere">{text}</span>
      </span>
    </div>
  );
}
