/** The change feed. Each change writes its event and its deliveries in its own mutation: all are stored or none. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { Channel, ConversationStatus, LeadStatus, MessageRole, VisitorProfile } from "../validators";
import type { AttachmentRow } from "../validators/attachments";
import { emitDeliveries } from "./webhookDeliveries";

/**
 * What receivers get as `data`, by type of event. Absent fields are left out of the text. `via` names what acted when
 * it was no person: "api" for a program with a key.
 */
export type AppEvent =
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
        changedByOperatorId?: Id<"operators">; // absent: the visitor did, or a program
        via?: Via;
      };
    }
  | {
      /** All messages of the conversation are in the other one now, each at its place in time. */
      type: "conversation.merged";
      data: {
        conversationId: Id<"conversations">; // closed, and empty from now on
        brandId: Id<"brands">;
        mergedInto: Id<"conversations">;
        mergedByOperatorId: Id<"operators">;
      };
    }
  | {
      type: "message.created";
      data: {
        messageId: Id<"messages">;
        conversationId: Id<"conversations">;
        brandId: Id<"brands">;
        channel: Channel;
        role: Exclude<MessageRole, "internal_note" | "system">;
        senderOperatorId?: Id<"operators">;
        senderName?: string;
        body: string;
        attachments?: AttachmentRow[];
        sequence: number;
        createdAt: number;
        via?: Via;
      };
    }
  | {
      type: "lead.created";
      data: {
        leadId: Id<"leads">;
        brandId: Id<"brands">;
        conversationId?: Id<"conversations">;
        name: string;
        email?: string;
        phone?: string;
        status: LeadStatus;
        createdAt: number;
        via?: Via;
      };
    }
  | {
      type: "lead.status_changed";
      data: {
        leadId: Id<"leads">;
        brandId: Id<"brands">;
        conversationId?: Id<"conversations">;
        previousStatus: LeadStatus;
        status: LeadStatus;
        via?: Via;
      };
    };

export type Via = "api";

/** Records a change in the brand that happened at `now`, for readers of the feed and for webhook endpoints. */
export async function recordEvent(
  ctx: MutationCtx,
  { workspaceId, brandId }: Pick<Doc<"events">, "workspaceId"> & { brandId: Id<"brands"> },
  event: AppEvent,
  now: number,
): Promise<void> {
  const eventId = await ctx.db.insert("events", {
    workspaceId,
    brandId,
    type: event.type,
    conversationId: event.data.conversationId,
    leadId: "leadId" in event.data ? event.data.leadId : undefined,
    sequence: event.type === "message.created" ? event.data.sequence : undefined,
    payload: JSON.stringify(event.data),
    occurredAt: now,
    commitTs: ctx.db.vars.commitTs,
  });
  await emitDeliveries(ctx, { _id: eventId, workspaceId, brandId, type: event.type }, now);
}
