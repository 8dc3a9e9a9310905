"use client";

import { useMutation } from "convex/react";
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionArgs } from "convex/server";
import { useCallback, useMemo } from "react";
import { useSession } from "@/components/session/session-provider";
import { toastFailure, toastWithUndo } from "@/components/ui/toaster";
import { api } from "@/convex/_generated/api";
import { reasonOf } from "./refusals";
import type { Conversation } from "./rows";

type ChangeMany = FunctionArgs<typeof api.conversations.changeMany>;
/** What a person may decide about conversations. */
export type ConversationChange = ChangeMany["change"];

/**
 * Decides something about conversations: it acts at once, and says what it did with an offer to undo it. `news` gets how
 * many have changed.
 */
export function useDecide(): (
  conversationIds: readonly string[],
  change: ConversationChange,
  news: (count: number) => string,
) => Promise<void> {
  const { sessionToken } = useSession();
  const mutation = useMutation(api.conversations.changeMany);
  const undoMany = useMutation(api.conversations.undoMany);
  const changeMany = useMemo(() => mutation.withOptimisticUpdate(showAtOnce), [mutation]);
  return useCallback(
    async (conversationIds, change, news) => {
      try {
        const args = { sessionToken, conversationIds: [...conversationIds], change };
        const { changed, refused } = await changeMany(args);
        if (refused[0]) toastFailure(refused[0].message);
        if (changed.length === 0) return;
        toastWithUndo(news(changed.length), () => {
          undoMany({ sessionToken, changes: changed }).then(
            (restored) => {
              if (restored.length < changed.length) toastFailure(keptNews(changed.length - restored.length));
            },
            () => toastFailure("It was not undone. Try again."),
          );
        });
      } catch (error) {
        toastFailure(`Nothing changed. ${reasonOf(error)}`);
      }
    },
    [changeMany, undoMany, sessionToken],
  );
}

function keptNews(count: number): string {
  return count === 1
    ? "One was changed since, and stays as it is."
    : `${count} were changed since, and stay as they are.`;
}

/** The open conversation shows the change before the server answers. */
function showAtOnce(
  store: OptimisticLocalStore,
  { sessionToken, conversationIds, change }: ChangeMany,
): void {
  const query = api.conversations.getById;
  for (const conversationId of conversationIds) {
    const shown = store.getQuery(query, { sessionToken, conversationId });
    if (shown) store.setQuery(query, { sessionToken, conversationId }, { ...shown, ...fieldsOf(change) });
  }
}

function fieldsOf(change: ConversationChange): Partial<Conversation> {
  switch (change.kind) {
    case "status":
      return { status: change.status, snoozedUntil: undefined };
    case "snooze":
      return { status: "snoozed", snoozedUntil: change.until };
    default:
      return {};
  }
}
