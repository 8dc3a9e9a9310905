/** Lists of conversations for programs. Every combination of filters is one index range. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { channel } from "../validators";
import type { Channel, ConversationStatus } from "../validators";
import type { KeyScope } from "./keyScope";
import { keysetPage } from "./keyset";
import type { KeysetPage, Position } from "./keyset";
import { requireColleague } from "./operators";

/** What narrows a list beside its status, as it is asked for: one of these at most. */
export const narrowing = v.union(
  v.object({ by: v.literal("channel"), channel }),
  v.object({ by: v.literal("assignee"), assignee: v.union(v.string(), v.null()) }), // null: nobody
  v.null(),
);

type Narrowing =
  { by: "channel"; channel: Channel } | { by: "assignee"; assignee: Id<"operators"> | null } | null;

/** The same with an operator who exists in the key's workspace. */
export async function resolveNarrowing(
  db: DatabaseReader,
  key: Doc<"apiKeys">,
  asked: Infer<typeof narrowing>,
): Promise<Narrowing> {
  if (asked?.by !== "assignee") return asked;
  const { assignee } = asked;
  return { ...asked, assignee: assignee === null ? null : (await requireColleague(db, key, assignee))._id };
}

export type ConversationsRequest = {
  scope: KeyScope;
  status: ConversationStatus;
  narrowing: Narrowing;
  updatedAfter?: number; // absent: newest activity first; else oldest change first
  after: Position | null;
  limit: number;
};

const INDEXES = {
  workspace: {
    activity: {
      all: "by_workspace_and_status_and_last_message_at",
      channel: "by_workspace_and_status_and_channel_and_last_message_at",
      assignee: "by_workspace_and_status_and_assignee_and_last_message_at",
    },
    change: {
      all: "by_workspace_and_status_and_updated_at",
      channel: "by_workspace_and_status_and_channel_and_updated_at",
      assignee: "by_workspace_and_status_and_assignee_and_updated_at",
    },
  },
  brand: {
    activity: {
      all: "by_brand_and_status_and_last_message_at",
      channel: "by_brand_and_status_and_channel_and_last_message_at",
      assignee: "by_brand_and_status_and_assignee_and_last_message_at",
    },
    change: {
      all: "by_brand_and_status_and_updated_at",
      channel: "by_brand_and_status_and_channel_and_updated_at",
      assignee: "by_brand_and_status_and_assignee_and_updated_at",
    },
  },
} as const;

export async function pageConversations(
  db: DatabaseReader,
  { scope, status, narrowing, updatedAfter, after, limit }: ConversationsRequest,
): Promise<KeysetPage<"conversations">> {
  const byChange = updatedAfter !== undefined;
  return await keysetPage(db, {
    table: "conversations",
    index: INDEXES[scope.kind][byChange ? "change" : "activity"][narrowing?.by ?? "all"],
    prefix: [
      scope.kind === "workspace" ? scope.workspaceId : scope.brandId,
      status,
      ...narrowedBy(narrowing),
    ],
    order: byChange ? "asc" : "desc",
    from: updatedAfter,
    after,
    limit,
  });
}

function narrowedBy(narrowing: Narrowing): (string | undefined)[] {
  if (narrowing === null) return [];
  return [narrowing.by === "channel" ? narrowing.channel : (narrowing.assignee ?? undefined)];
}

/** Where the next page begins behind this row. */
export function positionOf(conversation: Doc<"conversations">, byChange: boolean): Position {
  const { _id, _creationTime, lastMessageAt, updatedAt } = conversation;
  return { at: byChange ? updatedAt : lastMessageAt, createdAt: _creationTime, id: _id };
}
