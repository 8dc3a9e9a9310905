"use client";

import { useCallback, useState } from "react";
import type { MessageRow } from "@/components/hooks/rows";

/** An answer that the visitor got from somebody. */
export type Answer = { id: string; sequence: number; name: string; at: number; isOwn: boolean };

/** The newest answer of the loaded messages; null: none. */
export function newestAnswer(rows: readonly MessageRow[], operatorId: string): Answer | null {
  const row = rows.findLast(({ role }) => role === "operator" || role === "atlas");
  if (!row) return null;
  const name = row.role === "atlas" ? "Atlas" : (row.senderName ?? "Somebody");
  const { _id: id, sequence, createdAt: at } = row;
  return { id, sequence, name, at, isOwn: row.senderOperatorId === operatorId };
}

export type AnswerGuard = {
  /** Somebody else's answer that came after the operator began to write; null: none. */
  missed: Answer | null;
  /** The newest answer that the operator has seen, 0 for none; undefined: not known yet. */
  expectedSequence: number | undefined;
  /** The operator has read what came. */
  read: () => void;
};

/** Knows which answers were there when the operator began to write; `rows` are undefined while they load. */
export function useAnswerGuard(
  rows: readonly MessageRow[] | undefined,
  operatorId: string,
  isWriting: boolean,
): AnswerGuard {
  const newest = rows === undefined ? null : newestAnswer(rows, operatorId);
  const sequence = newest?.sequence ?? 0;
  const id = newest?.id ?? null;
  const [seen, setSeen] = useState<{ id: string | null; sequence: number } | null>(null);
  const isOther = seen?.id !== id;
  // The same answer has another sequence once another conversation was merged into this one.
  const isDue = seen === null || !isOther || !isWriting;
  if (rows !== undefined && isDue && (isOther || seen?.sequence !== sequence)) setSeen({ id, sequence });
  const isMissed = newest !== null && !newest.isOwn && seen !== null && sequence > seen.sequence;
  return {
    missed: isMissed ? newest : null,
    expectedSequence: seen?.sequence,
    read: useCallback(() => setSeen({ id, sequence }), [id, sequence]),
  };
}
