/** Closed sets and row shapes that functions return. The validator is written once; its type is inferred. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { answersByMail, mailing } from "./validators/answerMails";
import { attachmentRow } from "./validators/attachments";
import { latestRemark, leadStatus } from "./validators/leads";

export { leadStatus } from "./validators/leads";
export type { LeadStatus } from "./validators/leads";

export const conversationStatus = v.union(
  v.literal("open"),
  v.literal("snoozed"),
  v.literal("resolved"),
  v.literal("closed"),
);
export type ConversationStatus = Infer<typeof conversationStatus>;

export const channel = v.union(
  v.literal("web_chat"),
  v.literal("email"),
  v.literal("whatsapp"),
  v.literal("voice"),
  v.literal("sms"),
);
export type Channel = Infer<typeof channel>;

export const messageRole = v.union(
  v.literal("visitor"),
  v.literal("operator"),
  v.literal("atlas"), // the AI agent
  v.literal("system"),
  v.literal("internal_note"), // operators only, never shown to the visitor
);
export type MessageRole = Infer<typeof messageRole>;

/** What a system message says, for who draws it in another language than its text. */
export const systemEvent = v.union(v.literal("human_requested"), v.literal("conversation_ended"));
export type SystemEvent = Infer<typeof systemEvent>;

/** Whom a note names, so that they are told of it. The name is a copy: it is what the text says. */
export const mention = v.object({ operatorId: v.id("operators"), name: v.string() });
export type Mention = Infer<typeof mention>;

export const operatorRole = v.union(v.literal("owner"), v.literal("admin"), v.literal("agent"));
export type OperatorRole = Infer<typeof operatorRole>;

/** Which brands an operator works for; owners always have "all". */
export const brandAccess = v.union(v.literal("all"), v.array(v.id("brands")));
export type BrandAccess = Infer<typeof brandAccess>;

export const plan = v.union(
  v.literal("spark"),
  v.literal("team"),
  v.literal("scale"),
  v.literal("enterprise"),
);

/** Corner of the page: bottom right or bottom left. */
export const widgetPosition = v.union(v.literal("br"), v.literal("bl"));

export const sessionScope = v.union(
  v.literal("session"), // made by a login
  v.literal("child"), // short, minted from a session for a page's websocket, dead with it
  v.literal("agent"), // for software that acts as the operator who minted it
);

export const apiKeyScope = v.union(v.literal("read"), v.literal("write"));
export type ApiKeyScope = Infer<typeof apiKeyScope>;

export const eventType = v.union(
  v.literal("conversation.created"),
  v.literal("conversation.status_changed"),
  v.literal("conversation.merged"),
  v.literal("message.created"),
  v.literal("lead.created"),
  v.literal("lead.status_changed"),
);
export type EventType = Infer<typeof eventType>;

export const notificationKind = v.union(
  v.literal("webhook_failed"),
  v.literal("webhook_disabled"),
  v.literal("human_requested"),
  v.literal("atlas_handed_over"),
  v.literal("conversation_assigned"), // to who has it now
  v.literal("mention"), // in a note
);
export type NotificationKind = Infer<typeof notificationKind>;

export const notificationSeverity = v.union(
  v.literal("info"),
  v.literal("success"),
  v.literal("warn"),
  v.literal("error"),
);

/** Who a visitor is: by their own word, or by the site's where it has signed it. */
export const visitorProfile = v.object({
  name: v.optional(v.string()),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  externalId: v.optional(v.string()), // the site's own id of them
  verified: v.optional(v.boolean()), // the site has signed externalId; absent: nothing is proven
  emailVerified: v.optional(v.boolean()), // and the email
});
export type VisitorProfile = Infer<typeof visitorProfile>;

/** Where a visitor is, by their own click. */
export const preciseLocation = v.object({
  lat: v.number(), // degrees
  lng: v.number(),
  accuracy: v.optional(v.number()), // radius in metres
  at: v.number(),
});

/** The newest message that the visitor can see, as a list row shows it. */
export const lastMessage = v.object({
  preview: v.string(), // one line, at most PREVIEW_MAX characters
  role: messageRole,
  senderName: v.optional(v.string()),
  at: v.number(),
});

export const brandRow = v.object({
  _id: v.id("brands"),
  slug: v.string(),
  name: v.string(),
  widgetId: v.string(),
  primaryColor: v.string(),
  welcomeMessage: v.string(),
  position: widgetPosition,
  avatarUrl: v.optional(v.string()),
  createdAt: v.number(),
});
export type BrandRow = Infer<typeof brandRow>;

const conversationFields = {
  _id: v.id("conversations"),
  _creationTime: v.number(),
  workspaceId: v.id("workspaces"),
  brandId: v.id("brands"),
  visitorId: v.id("visitors"),
  channel,
  assignedOperatorId: v.optional(v.id("operators")),
  status: conversationStatus,
  statusChangedAt: v.optional(v.number()),
  snoozedUntil: v.optional(v.number()), // when a snoozed one opens by itself; absent: when somebody writes
  lastMessageAt: v.number(),
  createdAt: v.number(),
  updatedAt: v.number(),
  waitingSince: v.optional(v.number()), // the visitor waits for an answer since then; absent: nobody waits
  humanRequestedAt: v.optional(v.number()), // the visitor asked for a person, and no person has answered since
  atlasPausedAt: v.optional(v.number()), // Atlas leaves it to people
  lastMessage: v.union(lastMessage, v.null()),
  sequence: v.number(), // messages counted so far, internal notes included
  tags: v.optional(v.array(v.string())), // in order; absent: none
  mergedInto: v.optional(v.id("conversations")), // where its messages are now; absent: it was never merged
  brand: v.union(v.object({ _id: v.id("brands"), name: v.string(), primaryColor: v.string() }), v.null()),
};

/** A conversation in a list. */
export const inboxRow = v.object({
  ...conversationFields,
  visitor: v.union(visitorProfile, v.null()),
});
export type InboxRow = Infer<typeof inboxRow>;

/** One conversation with its whole visitor. */
export const conversationDetail = v.object({
  ...conversationFields,
  visitor: v.union(
    v.object({
      _id: v.id("visitors"),
      ...visitorProfile.fields,
      verifiedAt: v.optional(v.number()), // when the site last signed it
      firstSeenAt: v.number(),
      lastSeenAt: v.number(),
      page: v.optional(v.string()), // address of the page that they wrote from or were last on
      customData: v.optional(v.string()), // whatever the embedding site attached, as text; anybody can forge it
      location: v.optional(preciseLocation),
      answersByMail: v.optional(answersByMail), // absent: there is no address
    }),
    v.null(),
  ),
});
export type ConversationDetail = Infer<typeof conversationDetail>;

/** A message as operators see it. */
export const messageRow = v.object({
  _id: v.id("messages"),
  _creationTime: v.number(),
  conversationId: v.id("conversations"),
  workspaceId: v.id("workspaces"),
  brandId: v.id("brands"),
  channel,
  role: messageRole,
  senderOperatorId: v.optional(v.id("operators")),
  senderName: v.optional(v.string()),
  body: v.string(),
  attachments: v.array(attachmentRow),
  systemEvent: v.optional(systemEvent), // of system messages
  mentions: v.optional(v.array(mention)), // of notes
  mailing: v.optional(mailing), // of answers that were not read in time
  sequence: v.number(), // position in the conversation, from 1
  clientMessageId: v.optional(v.string()),
  createdAt: v.number(),
});
export type MessageRow = Infer<typeof messageRow>;

/** A message as the visitor sees it: nothing that names operators by id. */
export const visitorMessageRow = v.object({
  _id: v.id("messages"),
  role: messageRole,
  body: v.string(),
  attachments: v.array(attachmentRow),
  systemEvent: v.optional(systemEvent),
  createdAt: v.number(),
  sequence: v.number(),
  clientMessageId: v.optional(v.string()), // of the visitor's own messages only
  senderName: v.optional(v.string()),
});
export type VisitorMessageRow = Infer<typeof visitorMessageRow>;

export const leadRow = v.object({
  _id: v.id("leads"),
  _creationTime: v.number(),
  workspaceId: v.id("workspaces"),
  brandId: v.id("brands"),
  conversationId: v.optional(v.id("conversations")),
  visitorId: v.optional(v.id("visitors")),
  name: v.string(),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  notes: v.optional(v.string()),
  status: leadStatus,
  createdBy: v.id("operators"),
  createdAt: v.number(),
  updatedAt: v.number(),
  brand: v.union(v.object({ _id: v.id("brands"), name: v.string(), primaryColor: v.string() }), v.null()),
  assignedTo: v.union(v.object({ _id: v.id("operators"), name: v.string() }), v.null()), // null: nobody
  remarksCount: v.number(),
  latestRemark: v.union(latestRemark, v.null()),
});
export type LeadRow = Infer<typeof leadRow>;

/** An API key as the dashboard lists it: nothing that would let anyone use it. */
export const apiKeyRow = v.object({
  _id: v.id("apiKeys"),
  name: v.string(),
  prefix: v.string(),
  scope: apiKeyScope,
  brandId: v.union(v.id("brands"), v.null()), // null: all brands
  brandName: v.union(v.string(), v.null()),
  createdBy: v.union(v.object({ _id: v.id("operators"), name: v.string() }), v.null()), // null: no longer there
  createdAt: v.number(),
  expiresAt: v.optional(v.number()),
  lastUsedAt: v.optional(v.number()), // to the hour
});
export type ApiKeyRow = Infer<typeof apiKeyRow>;

/** What a notification says, as it is stored and shown. */
export const notificationFields = {
  kind: notificationKind,
  severity: notificationSeverity,
  title: v.string(),
  body: v.optional(v.string()),
  link: v.optional(v.string()), // path in the dashboard
  readAt: v.optional(v.number()),
  createdAt: v.number(),
};
export const notificationRow = v.object({ _id: v.id("notifications"), ...notificationFields });
export type NotificationRow = Infer<typeof notificationRow>;

/** A row of the change feed. */
export const eventRow = v.object({
  _id: v.id("events"),
  workspaceId: v.id("workspaces"),
  brandId: v.optional(v.id("brands")),
  type: eventType,
  sequence: v.optional(v.number()),
  payload: v.string(), // JSON text
  occurredAt: v.number(),
});
export type EventRow = Infer<typeof eventRow>;

/** What a request under an API key, or without one, has left. */
export const limitState = v.object({
  limit: v.number(), // requests a minute
  remaining: v.number(), // an estimate: the count is spread over shards
  resetAt: v.number(),
});
export type LimitState = Infer<typeof limitState>;

/** Who sent an HTTP request: the hash of the key that it brought, and the address that it came from. */
export const caller = v.object({
  keyHash: v.union(v.string(), v.null()), // null: no key, or nothing that could be one
  address: v.union(v.string(), v.null()), // null: the deployment does not know
});
export type Caller = Infer<typeof caller>;

/** What makes a repeated request known. */
export const idempotency = v.object({
  request: v.string(), // method and path
  idempotencyKey: v.string(),
  fingerprint: v.string(), // SHA-256 of the body, hex
});
export type Idempotency = Infer<typeof idempotency>;
