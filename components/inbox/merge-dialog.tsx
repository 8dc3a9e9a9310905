"use client";

import { useState } from "react";
import { timeOrDate } from "@/components/format/time";
import type { ConversationRow } from "@/components/hooks/rows";
import { useConversationsOfVisitor, useMergeConversation } from "@/components/hooks/use-visitor-panel";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { STATUS_LOOK } from "@/components/ui/status-label";

type MergeDialogProps = {
  conversationId: string;
  now: number;
  /** Gets the conversation that has all messages now. */
  onMerged: (conversationId: string) => void;
  onClose: () => void;
};

/** Asks into which other conversation of its visitor this one is merged. */
export function MergeDialog({ conversationId, now, onMerged, onClose }: MergeDialogProps) {
  const { rows, status, canLoadMore, loadMore } = useConversationsOfVisitor(conversationId);
  const merge = useMergeConversation();
  const [chosen, setChosen] = useState<string | null>(null);
  const into = rows.some(({ _id }) => _id === chosen) ? chosen : null;
  const isAlone = status === "ready" && rows.length === 0 && !canLoadMore;
  return (
    <ConfirmDialog
      title="Merge into which conversation?"
      safe={isAlone ? "Close" : "Keep both"}
      action="Merge"
      busyWord="Merging"
      ready={into !== null}
      onConfirm={async () => {
        if (into === null) return;
        await merge({ conversationId, into });
        onMerged(into);
      }}
      onClose={onClose}
    >
      <p className="text-13 text-ink-2">
        All messages of this conversation move into the other one, each at its place in time, and this one is
        closed. The visitor goes on there. It cannot be undone.
      </p>
      {status === "failed" ? (
        <p className="text-13">
          The visitor’s other conversations did not load. Close this and open it again.
        </p>
      ) : isAlone ? (
        <p className="text-13">This visitor has no other conversation.</p>
      ) : (
        <ChoiceGroup
          legend="Other conversations of this visitor"
          choices={rows.map((row) => ({ value: row._id, ...choiceText(row, now) }))}
          value={into ?? ""}
          onChange={setChosen}
        />
      )}
      {canLoadMore ? (
        <Button variant="quiet" size="sm" className="-ml-2 justify-self-start" onClick={loadMore}>
          Show more
        </Button>
      ) : null}
    </ConfirmDialog>
  );
}

/** What was said last, and where the conversation stands. */
function choiceText({ lastMessage, lastMessageAt, status }: ConversationRow, now: number) {
  return {
    label: lastMessage?.preview || "No messages",
    hint: `${STATUS_LOOK[status].word}, ${timeOrDate(lastMessageAt, { now })}`,
  };
}
