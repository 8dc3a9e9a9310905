import type { ConversationRow, MessageRow } from "@/components/hooks/rows";

/** A row of the inbox list with everything that a test does not care about filled in. */
export function conversationRow(id: string, change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    _id: id as ConversationRow["_id"],
    _creationTime: 0,
    workspaceId: "w" as ConversationRow["workspaceId"],
    brandId: "b" as ConversationRow["brandId"],
    visitorId: "v" as ConversationRow["visitorId"],
    channel: "web_chat",
    status: "open",
    lastMessageAt: 0,
    createdAt: 0,
    updatedAt: 0,
    lastMessage: null,
    sequence: 1,
    visitor: { name: "Hannah Weiss" },
    brand: null,
    ...change,
  };
}

export function messageRow(sequence: number, change: Partial<MessageRow> = {}): MessageRow {
  return {
    _id: `m${sequence}` as MessageRow["_id"],
    _creationTime: 0,
    conversationId: "c" as MessageRow["conversationId"],
    workspaceId: "w" as MessageRow["workspaceId"],
    brandId: "b" as MessageRow["brandId"],
    channel: "web_chat",
    role: "visitor",
    attachments: [],
    body: `Message ${sequence}`,
    sequence,
    createdAt: Date.UTC(2026, 10, 19, 12, sequence),
    ...change,
  };
}
