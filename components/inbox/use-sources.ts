"use client";

import { useMemo } from "react";
import type { ConversationRow } from "@/components/hooks/rows";
import { useSavedReplies } from "@/components/hooks/use-saved-replies";
import { useMembers } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import type { ReplyValues } from "@/lib/reply-variables";
import { matchingColleagues, matchingReplies, mentionedIn } from "./completion";
import type { CompletionSource } from "./composer-field";

/** What the composer of a conversation offers: saved replies behind a slash, in notes also colleagues behind an @. */
export function useSources(conversation: ConversationRow) {
  const { operator, workspace } = useSession();
  const replies = useSavedReplies(conversation.brandId).data;
  const members = useMembers().data;
  const { brandId, brand, visitor } = conversation;

  const colleagues = useMemo(
    () =>
      (members ?? []).filter(
        ({ brandAccess }) => brandAccess === "all" || brandAccess.some((each) => each === brandId),
      ),
    [members, brandId],
  );
  const values = useMemo<ReplyValues>(
    () => ({
      "visitor.name": visitor?.name,
      "visitor.email": visitor?.email,
      "operator.name": operator.name,
      "brand.name": brand?.name,
      "workspace.name": workspace.name,
    }),
    [visitor, operator.name, brand?.name, workspace.name],
  );
  return useMemo(() => {
    const slash: CompletionSource = {
      mark: "/",
      label: "Saved replies",
      match: (query) => matchingReplies(replies ?? [], query, values),
    };
    const at: CompletionSource = {
      mark: "@",
      label: "Colleagues",
      match: (query) =>
        matchingColleagues(
          colleagues.filter(({ _id }) => _id !== operator._id),
          query,
        ),
    };
    return {
      sources: { reply: [slash], note: [at, slash] },
      /** Ids of the operators whom a note names. */
      mentionsOf: (body: string) => mentionedIn(body, colleagues),
    };
  }, [replies, values, colleagues, operator._id]);
}
