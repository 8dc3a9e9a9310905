/** From the rows that functions return to what the API answers. */
import { API_VERSION } from "../logic/webhookEnvelope";
import type { BrandRow, EventRow, InboxRow, LeadRow, MessageRow } from "../validators";
import type { Brand, Conversation, Lead, Message } from "./shapes/answers";
import type { Event } from "./shapes/events";

/** Roles that the visitor can see; queries for programs return no others. */
function visibleRole(role: MessageRow["role"]): Message["role"] {
  if (role === "internal_note") throw new Error("An internal note was about to leave the team.");
  return role;
}

export function toConversation(row: InboxRow): Conversation {
  const { lastMessage, visitor, brand } = row;
  return {
    id: row._id,
    brandId: row.brandId,
    visitorId: row.visitorId,
    channel: row.channel,
    status: row.status,
    statusChangedAt: row.statusChangedAt ?? null,
    snoozedUntil: row.snoozedUntil ?? null,
    assignee: row.assignedOperatorId ?? null,
    tags: row.tags ?? [],
    lastMessageAt: row.lastMessageAt,
    lastMessage:
      lastMessage === null
        ? null
        : { preview: lastMessage.preview, role: visibleRole(lastMessage.role), at: lastMessage.at },
    waitingSince: row.waitingSince ?? null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    mergedInto: row.mergedInto ?? null,
    visitor: {
      id: row.visitorId,
      ...visitor,
      verified: visitor?.verified ?? false,
      emailVerified: visitor?.emailVerified ?? false,
    },
    brand: brand === null ? null : { id: brand._id, name: brand.name, primaryColor: brand.primaryColor },
  };
}

export function toMessage(row: MessageRow): Message {
  return {
    id: row._id,
    conversationId: row.conversationId,
    brandId: row.brandId,
    channel: row.channel,
    role: visibleRole(row.role),
    body: row.body,
    attachments: row.attachments,
    senderName: row.senderName ?? null,
    senderOperatorId: row.senderOperatorId ?? null,
    sequence: row.sequence,
    createdAt: row.createdAt,
  };
}

export function toLead({ _id, ...row }: LeadRow): Lead {
  const { brandId, conversationId, name, email, phone, notes, status, createdAt, updatedAt } = row;
  return { id: _id, brandId, conversationId, name, email, phone, notes, status, createdAt, updatedAt };
}

export function toBrand(row: BrandRow): Brand {
  const { _id, slug, name, widgetId, primaryColor, welcomeMessage, position, createdAt } = row;
  return { id: _id, slug, name, widgetId, primaryColor, welcomeMessage, position, createdAt };
}

/** `data` was written as this JSON text by the change itself, and is passed on as it is. */
export function toEvent(row: EventRow): Event {
  return {
    id: row._id,
    type: row.type,
    apiVersion: API_VERSION,
    workspaceId: row.workspaceId,
    brandId: row.brandId ?? null,
    sequence: row.sequence ?? null,
    occurredAt: new Date(row.occurredAt).toISOString(),
    data: JSON.parse(row.payload) as unknown,
  } as Event;
}
