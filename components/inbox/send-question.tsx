import { TriangleAlert } from "lucide-react";
import type { Viewer } from "@/components/hooks/use-viewers";
import { Button } from "@/components/ui/button";
import { clockTime } from "@/components/format/time";
import type { AnswerGuard } from "./use-answer-guard";

/** Why a reply may be one too many; null: nothing speaks against it. */
export function doubtOf({ missed }: Pick<AnswerGuard, "missed">, viewers: readonly Viewer[]): string | null {
  if (missed !== null) return `${missed.name} answered at ${clockTime(missed.at)}, after you began to write.`;
  const writer = viewers.find(({ isWriting }) => isWriting);
  return writer === undefined ? null : `${writer.name} is writing a reply too.`;
}

type SendQuestionProps = { doubt: string; onSend: () => void; onRead: () => void };

/** Asks before a second answer goes out. */
export function SendQuestion({ doubt, onSend, onRead }: SendQuestionProps) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-warning-line bg-warning-soft px-3 py-1.5 text-13 text-ink"
    >
      <TriangleAlert size={14} aria-hidden="true" className="text-warning-ink" />
      <span className="min-w-0 flex-1">{doubt}</span>
      <Button size="sm" onClick={onSend}>
        Send anyway
      </Button>
      <Button size="sm" onClick={onRead}>
        Read first
      </Button>
    </div>
  );
}
