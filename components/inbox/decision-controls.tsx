"use client";

import { useCallback, useMemo } from "react";
import { shortName } from "@/components/format/people";
import { fullTime } from "@/components/format/time";
import type { ConversationRow } from "@/components/hooks/rows";
import { useDecide, type ConversationChange } from "@/components/hooks/use-decide";
import { useAssignees, useTags } from "@/components/hooks/use-inbox";
import { AssignMenu } from "./assign-menu";
import { SnoozeMenu } from "./snooze-menu";
import { StatusControl } from "./status-control";
import { TagMenu } from "./tag-menu";
import { decisionNews } from "./decision-news";
import { assigneeName } from "./view-names";

type DecisionControlsProps = {
  /** One conversation, or those that are selected. */
  conversations: readonly ConversationRow[];
  /** Called once something was decided. */
  onDecided?: () => void;
};

/** What one can decide about conversations: tag, assign, snooze, resolve, close, reopen. Each acts at once and can be undone. */
export function DecisionControls({ conversations, onDecided }: DecisionControlsProps) {
  const assignees = useAssignees();
  const known = useTags();
  const decide = useDecide();
  const [first] = conversations;
  const single = conversations.length === 1 ? first : undefined;
  const change = useCallback(
    (wanted: ConversationChange) => {
      const visitor = conversations[0]?.visitor;
      const told = {
        who: visitor?.name ? shortName(visitor) : "The visitor",
        ...(wanted.kind === "assign" && wanted.operatorId !== null
          ? { assignee: assigneeName(assignees, wanted.operatorId) }
          : {}),
        ...(wanted.kind === "snooze" ? { until: fullTime(wanted.until) } : {}),
      };
      const ids = conversations.map(({ _id }) => _id);
      void decide(ids, wanted, (count) => decisionNews(wanted, count, told));
      onDecided?.();
    },
    [conversations, assignees, decide, onDecided],
  );
  const brandIds = useMemo(() => [...new Set(conversations.map(({ brandId }) => brandId))], [conversations]);
  const able = assignees.filter(
    ({ brandAccess }) => brandAccess === "all" || brandIds.every((id) => brandAccess.includes(id)),
  );
  if (first === undefined) return null;
  return (
    <>
      <TagMenu
        tags={single && (single.tags ?? [])}
        known={known}
        onTag={(tag) => change({ kind: "tag", tag })}
        onUntag={(tag) => change({ kind: "untag", tag })}
      />
      <AssignMenu
        operatorId={single && (single.assignedOperatorId ?? null)}
        assignees={able}
        onAssign={(operatorId) => change({ kind: "assign", operatorId })}
      />
      <SnoozeMenu onSnooze={(until) => change({ kind: "snooze", until })} />
      <StatusControl status={first.status} onStatus={(status) => change({ kind: "status", status })} />
    </>
  );
}
