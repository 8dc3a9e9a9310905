"use client";

import { useCallback, useState } from "react";
import type { MessageRow } from "@/components/hooks/rows";

/** An answer that the visitor got from somebody. */
export type Answer = { sequence: number; name: string; at: number; isOwn: boolean };

/** The newest answer of the loaded messages; null: none. */
export function newestAnswer(rows: readonly MessageRow[], operatorId: string): Answer | null {
  const row = rows.findLast(({ role }) => role === "operator" || role === "atlas");
  if (!row) return null;
  const name = row.role === "atlas" ? "Atlas" : (row.senderName ?? "Somebody");
  return { sequence: row.sequence, name, at: row.createdAt, isOwn: row.senderOperatorId === operatorId };
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
  const [seen, setSeen] = useState<number | null>(null);
  if (rows !== undefined && seen !== sequence && (seen === null || !isWriting)) setSeen(sequence);
  const isMissed = newest !== null && !newest.isOwn && seen !== null && newest.sequence > seen;
  return {
    missed: isMissed ? newest : null,
    expectedSequence: seen ?? undefined,
    read: useCallback(() => setSeen(sequence), [sequence]),
  };
}
