/** The change feed. Each change writes its event in its own mutation, so that both are stored or neither. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { Channel, ConversationStatus, MessageRole, VisitorProfile } from "../validators";

/** What receivers get as `data`, by type of event. Absent fields are left out of the text. */
type ConversationEvent =
  | {
      type: "conversation.created";
      data: {
        conversationId: Id<"conversations">;
        brandId: Id<"brands">;
        visitorId: Id<"visitors">;
        channel: Channel;
        visitor: VisitorProfile;
        createdAt: number;
      };
    }
  | {
      type: "conversation.status_changed";
      data: {
        conversationId: Id<"conversations">;
        brandId: Id<"brands">;
        previousStatus: ConversationStatus;
        status: ConversationStatus;
        changedByOperatorId?: Id<"operators">; // absent: a visitor's message reopened it
      };
    }
  | {
      type: "message.created";
      data: {
        messageId: Id<"messages">;
        conversationId: Id<"conversations">;
        brandId: Id<"brands">;
        channel: Channel;
        role: Exclude<MessageRole, "internal_note">;
        senderOperatorId?: Id<"operators">;
        senderName?: string;
        body: string;
        sequence: number;
        createdAt: number;
      };
    };

/** Records a change of the conversation that happened at `now`. */
export async function recordEvent(
  ctx: MutationCtx,
  conversation: Pick<Doc<"conversations">, "_id" | "workspaceId" | "brandId">,
  event: ConversationEvent,
  now: number,
): Promise<void> {
  await ctx.db.insert("events", {
    workspaceId: conversation.workspaceId,
    brandId: conversation.brandId,
    type: event.type,
    conversationId: conversation._id,
    sequence: event.type === "message.created" ? event.data.sequence : undefined,
    payload: JSON.stringify(event.data),
    occurredAt: now,
    commitTs: ctx.db.vars.commitTs,
  });
}
