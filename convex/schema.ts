import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import {
  apiKeyScope,
  brandAccess,
  channel,
  conversationStatus,
  eventType,
  lastMessage,
  leadStatus,
  messageRole,
  notificationKind,
  notificationSeverity,
  operatorRole,
  plan,
  preciseLocation,
  systemEvent,
  visitorProfile,
  widgetPosition,
} from "./validators";
import {
  attemptOutcome,
  deliveryEventType,
  deliveryState,
  deliveryStatus,
  disabledReason,
  webhookLane,
  webhookSecret,
} from "./validators/webhooks";
import { widgetSettings } from "./validators/widget";

/** Times are Unix milliseconds. Every row carries its workspace, and its brand where it has one. */
export default defineSchema({
  workspaces: defineTable({
    slug: v.string(),
    name: v.string(),
    plan,
    createdAt: v.number(),
  }).index("by_slug", ["slug"]),

  brands: defineTable({
    workspaceId: v.id("workspaces"),
    slug: v.string(), // unique in the workspace
    name: v.string(),
    widgetId: v.string(), // public: ws_ and 16 hex
    primaryColor: v.string(), // #rrggbb
    welcomeMessage: v.string(),
    position: widgetPosition,
    avatarUrl: v.optional(v.string()),
    allowedOrigins: v.array(v.string()), // pages that may embed the widget; empty: any
    createdAt: v.number(),
  })
    .index("by_workspace", ["workspaceId"])
    .index("by_widget_id", ["widgetId"]),

  /** What a brand has set about its widget, apart from the brand: lists of brands do not read it. Absent: the defaults. */
  widgetSettings: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    ...widgetSettings.fields,
  }).index("by_brand", ["brandId"]),

  operators: defineTable({
    workspaceId: v.id("workspaces"),
    email: v.string(), // lower case; one operator per deployment
    name: v.string(),
    role: operatorRole,
    brandAccess,
    passwordHash: v.string(), // PHC text
    createdAt: v.number(),
  })
    .index("by_email", ["email"])
    .index("by_workspace", ["workspaceId"]),

  /** A row is the validity of its token: deleting it makes every live query under that token run again and fail. */
  sessions: defineTable(
    v.union(
      v.object({
        scope: v.literal("session"),
        operatorId: v.id("operators"),
        workspaceId: v.id("workspaces"),
        tokenHash: v.string(), // SHA-256, hex
        userAgent: v.optional(v.string()),
        expiresAt: v.number(),
        createdAt: v.number(),
      }),
      v.object({
        scope: v.literal("child"),
        parentId: v.id("sessions"), // valid only while this row exists
        operatorId: v.id("operators"),
        workspaceId: v.id("workspaces"),
        tokenHash: v.string(),
        expiresAt: v.number(),
        createdAt: v.number(),
      }),
    ),
  )
    .index("by_token_hash", ["tokenHash"])
    .index("by_operator", ["operatorId"]),

  apiKeys: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // absent: all brands
    name: v.string(),
    prefix: v.string(), // first 16 characters, for display
    keyHash: v.string(), // SHA-256 of the whole key, hex
    scope: apiKeyScope,
    createdBy: v.id("operators"),
    createdAt: v.number(),
    expiresAt: v.optional(v.number()), // absent: never
    revokedAt: v.optional(v.number()),
  })
    .index("by_key_hash", ["keyHash"])
    .index("by_workspace_and_revoked_at", ["workspaceId", "revokedAt"]),

  /** When a key was last used, to the hour. Apart from the key, which every request under it reads. */
  apiKeyUses: defineTable({ keyId: v.id("apiKeys"), lastUsedAt: v.number() }).index("by_key", ["keyId"]),

  /** Answers to requests with an Idempotency-Key, each written by the mutation that it answers. */
  idempotencyKeys: defineTable({
    keyId: v.id("apiKeys"),
    request: v.string(), // method and path
    idempotencyKey: v.string(),
    fingerprint: v.string(), // SHA-256 of the request's body, hex
    result: v.string(), // JSON text of the function's result
    expiresAt: v.number(),
  })
    .index("by_key_and_request", ["keyId", "request", "idempotencyKey"])
    .index("by_expires_at", ["expiresAt"]),

  visitors: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    keyHash: v.string(), // SHA-256 of the visitor key, hex; unique in the brand
    ...visitorProfile.fields,
    customData: v.optional(v.string()), // whatever the embedding site attached, as text
    page: v.optional(v.string()),
    location: v.optional(preciseLocation),
    firstSeenAt: v.number(),
    lastSeenAt: v.number(),
  }).index("by_brand_and_key_hash", ["brandId", "keyHash"]),

  conversations: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    visitorId: v.id("visitors"),
    channel,
    status: conversationStatus,
    statusChangedAt: v.optional(v.number()),
    assignedOperatorId: v.optional(v.id("operators")),
    visitor: visitorProfile, // copy of the visitor's, so that a list costs its page
    lastMessage: v.union(lastMessage, v.null()),
    lastMessageAt: v.number(), // of the newest message that the visitor can see; createdAt before the first
    waitingSince: v.optional(v.number()), // set by a visitor's message, cleared by an answer
    humanRequestedAt: v.optional(v.number()), // cleared by an operator's answer
    answeredBy: v.optional(v.string()), // name of who wrote the newest answer
    sequence: v.number(), // messages counted so far
    visitorSequence: v.number(), // sequence of the visitor's newest message; 0 before the first
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_workspace_and_status_and_last_message_at", ["workspaceId", "status", "lastMessageAt"])
    .index("by_brand_and_status_and_last_message_at", ["brandId", "status", "lastMessageAt"])
    .index("by_workspace_and_status_and_channel_and_last_message_at", [
      "workspaceId",
      "status",
      "channel",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_channel_and_last_message_at", [
      "brandId",
      "status",
      "channel",
      "lastMessageAt",
    ])
    .index("by_workspace_and_status_and_waiting_since", [
      "workspaceId",
      "status",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_waiting_since", ["brandId", "status", "waitingSince", "lastMessageAt"])
    .index("by_workspace_and_status_and_assignee_and_last_message_at", [
      "workspaceId",
      "status",
      "assignedOperatorId",
      "lastMessageAt",
    ])
    .index("by_workspace_and_status_and_updated_at", ["workspaceId", "status", "updatedAt"])
    .index("by_workspace_and_status_and_channel_and_updated_at", [
      "workspaceId",
      "status",
      "channel",
      "updatedAt",
    ])
    .index("by_workspace_and_status_and_assignee_and_updated_at", [
      "workspaceId",
      "status",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_brand_and_status_and_assignee_and_last_message_at", [
      "brandId",
      "status",
      "assignedOperatorId",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_updated_at", ["brandId", "status", "updatedAt"])
    .index("by_brand_and_status_and_channel_and_updated_at", ["brandId", "status", "channel", "updatedAt"])
    .index("by_brand_and_status_and_assignee_and_updated_at", [
      "brandId",
      "status",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_visitor", ["visitorId"]),

  messages: defineTable({
    conversationId: v.id("conversations"),
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    channel,
    role: messageRole,
    internal: v.boolean(), // an internal note; apart from `role` because the visitor's index needs it
    senderVisitorId: v.optional(v.id("visitors")),
    senderOperatorId: v.optional(v.id("operators")),
    senderName: v.optional(v.string()),
    body: v.string(),
    systemEvent: v.optional(systemEvent),
    sequence: v.number(), // from 1, without gaps
    clientMessageId: v.optional(v.string()), // unique per sender
    createdAt: v.number(),
  })
    .index("by_conversation_and_sequence", ["conversationId", "sequence"])
    .index("by_conversation_and_internal_and_sequence", ["conversationId", "internal", "sequence"])
    .index("by_visitor_and_client_message_id", ["senderVisitorId", "clientMessageId"])
    .index("by_operator_and_client_message_id", ["senderOperatorId", "clientMessageId"]),

  /** How far one operator has read one conversation. Apart from it, so that reading wakes nobody else's list. */
  readMarks: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    conversationId: v.id("conversations"),
    sequence: v.number(),
  })
    .index("by_operator_and_conversation", ["operatorId", "conversationId"])
    .index("by_conversation_and_sequence", ["conversationId", "sequence"]),

  /** How far the visitor has read their conversation. */
  visitorReads: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    sequence: v.number(),
  }).index("by_conversation", ["conversationId"]),

  /** Who writes at the moment. A row is deleted by a job of its own once nobody renews it; no list reads these. */
  typing: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    operatorId: v.union(v.id("operators"), v.null()), // null: the visitor
    name: v.optional(v.string()), // the operator's
    isTyping: v.boolean(),
    until: v.number(), // when the row goes unless it is renewed
  }).index("by_conversation_and_operator", ["conversationId", "operatorId"]),

  leads: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    conversationId: v.optional(v.id("conversations")), // the one it was made from
    visitorId: v.optional(v.id("visitors")),
    name: v.string(),
    email: v.optional(v.string()),
    phone: v.optional(v.string()),
    notes: v.optional(v.string()),
    status: leadStatus,
    createdBy: v.id("operators"), // for one made through an API key: who made the key
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_workspace_and_updated_at", ["workspaceId", "updatedAt"])
    .index("by_workspace_and_status_and_updated_at", ["workspaceId", "status", "updatedAt"])
    .index("by_brand_and_updated_at", ["brandId", "updatedAt"])
    .index("by_brand_and_status_and_updated_at", ["brandId", "status", "updatedAt"])
    .index("by_conversation", ["conversationId"]),

  /** The change feed: one row per change, written by the mutation that makes it. */
  events: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")),
    type: eventType,
    conversationId: v.optional(v.id("conversations")),
    sequence: v.optional(v.number()), // of the message, within its conversation
    payload: v.string(), // JSON text of the webhook's `data`, byte for byte what is sent
    occurredAt: v.number(),
    commitTs: v.commitTs(), // order of commits: a reader never sees a row appear behind its cursor
  })
    .index("by_workspace_and_commit_ts", ["workspaceId", "commitTs"])
    .index("by_workspace_and_type_and_commit_ts", ["workspaceId", "type", "commitTs"])
    .index("by_brand_and_commit_ts", ["brandId", "commitTs"])
    .index("by_brand_and_type_and_commit_ts", ["brandId", "type", "commitTs"])
    .index("by_occurred_at", ["occurredAt"]),

  /**
   * Where events are sent: an endpoint, and which events it gets. Every change that is an event reads these rows, so that
   * only what people do to an endpoint, and its turns of lane, are written here; what deliveries count is in webhookHealth.
   */
  webhookSubscriptions: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // absent: all brands
    url: v.string(),
    isPrivate: v.boolean(), // allowed by PRAXTALK_WEBHOOK_ALLOW_CIDRS alone
    events: v.array(eventType), // at least one
    enabled: v.boolean(),
    disabledReason: v.optional(disabledReason),
    disabledAt: v.optional(v.number()),
    lane: webhookLane,
    secret: webhookSecret,
    secretPreview: v.string(), // first characters, for display
    createdBy: v.id("operators"),
    createdAt: v.number(),
    updatedAt: v.number(), // of what people set
    deletedAt: v.optional(v.number()), // stays until its last delivery is purged: the log names its URL
  })
    .index("by_workspace_and_deleted_at", ["workspaceId", "deletedAt"])
    .index("by_lane_and_deleted_at_and_enabled", ["lane", "deletedAt", "enabled"])
    .index("by_deleted_at", ["deletedAt"]),

  /** What the newest attempts at an endpoint were like. A row begins with the first that failed or was slow. */
  webhookHealth: defineTable({
    subscriptionId: v.id("webhookSubscriptions"),
    consecutiveFailures: v.number(), // failed attempts since the last success
    consecutiveSlow: v.number(), // attempts that failed or took long since the last quick success
    failingSince: v.optional(v.number()), // first of the failures since the last success
    exhausted: v.number(), // deliveries given up since then
  }).index("by_subscription", ["subscriptionId"]),

  /**
   * One event for one endpoint, written with the event. While an attempt is under way the row is leased to it. Lists are
   * by creation, narrowed by any of subscription, status and type of event, in the workspace or in one brand.
   */
  webhookDeliveries: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // of the event; of the endpoint for a test
    subscriptionId: v.id("webhookSubscriptions"),
    eventId: v.optional(v.id("events")), // absent for a test
    eventType: deliveryEventType,
    status: deliveryStatus,
    state: deliveryState,
    dueAt: v.number(), // of the next attempt, while waiting
    attempts: v.number(), // automatic ones that began
    attemptId: v.optional(v.id("webhookAttempts")), // the one under way
    leaseUntil: v.optional(v.number()), // until when its result counts
    manualFrom: v.optional(v.union(v.literal("waiting"), v.literal("ended"))), // the next attempt, or the one under way, was asked for by a person; the state that its failure leads back to
    httpStatus: v.optional(v.number()), // of the newest attempt
    error: v.optional(v.string()), // outcome of the newest attempt, unless delivered
    nextRetryAt: v.optional(v.number()),
    createdAt: v.number(),
    deliveredAt: v.optional(v.number()),
    endedAt: v.optional(v.number()),
  })
    .index("by_workspace", ["workspaceId", "createdAt"])
    .index("by_workspace_and_status", ["workspaceId", "status", "createdAt"])
    .index("by_workspace_and_type", ["workspaceId", "eventType", "createdAt"])
    .index("by_workspace_and_status_and_type", ["workspaceId", "status", "eventType", "createdAt"])
    .index("by_brand", ["brandId", "createdAt"])
    .index("by_brand_and_status", ["brandId", "status", "createdAt"])
    .index("by_brand_and_type", ["brandId", "eventType", "createdAt"])
    .index("by_brand_and_status_and_type", ["brandId", "status", "eventType", "createdAt"])
    .index("by_subscription", ["subscriptionId", "createdAt"])
    .index("by_subscription_and_status", ["subscriptionId", "status", "createdAt"])
    .index("by_subscription_and_type", ["subscriptionId", "eventType", "createdAt"])
    .index("by_subscription_and_status_and_type", ["subscriptionId", "status", "eventType", "createdAt"])
    .index("by_subscription_and_brand", ["subscriptionId", "brandId", "createdAt"])
    .index("by_subscription_and_brand_and_status", ["subscriptionId", "brandId", "status", "createdAt"])
    .index("by_subscription_and_brand_and_type", ["subscriptionId", "brandId", "eventType", "createdAt"])
    .index("by_subscription_and_brand_and_status_and_type", [
      "subscriptionId",
      "brandId",
      "status",
      "eventType",
      "createdAt",
    ])
    .index("by_state_and_subscription_and_due_at", ["state", "subscriptionId", "dueAt"])
    .index("by_lease_until", ["leaseUntil"])
    .index("by_created_at", ["createdAt"]),

  /** One HTTP exchange. */
  webhookAttempts: defineTable({
    workspaceId: v.id("workspaces"),
    deliveryId: v.id("webhookDeliveries"),
    subscriptionId: v.id("webhookSubscriptions"),
    number: v.number(), // among the delivery's attempts, from 1
    manual: v.boolean(), // asked for by a person: none of the six
    url: v.string(),
    startedAt: v.number(),
    endedAt: v.optional(v.number()),
    outcome: attemptOutcome,
    httpStatus: v.optional(v.number()),
    latencyMs: v.optional(v.number()),
    replyExcerpt: v.optional(v.string()), // at most 4 KiB
  }).index("by_delivery", ["deliveryId"]),

  /** Who works on a lane: one action at a time. The slow lane's goes round its endpoints. */
  webhookLanes: defineTable({
    lane: webhookLane,
    lease: v.number(), // counts up: a worker whose number is not this one has lost the lane
    leaseUntil: v.number(), // 0: nobody works there
    cursor: v.union(v.number(), v.null()), // _creationTime of the last endpoint of the round; null: before the first
    again: v.boolean(), // another round must follow
  }).index("by_lane", ["lane"]),

  /** What the worker of the fast lane is to look at: an endpoint where something is due, or an attempt already claimed. */
  webhookCalls: defineTable(
    v.union(
      v.object({ at: v.number(), subscriptionId: v.id("webhookSubscriptions") }),
      v.object({ at: v.number(), attemptId: v.id("webhookAttempts") }),
    ),
  ).index("by_at", ["at"]),

  /** What an operator should know of, one row each. */
  notifications: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    kind: notificationKind,
    severity: notificationSeverity,
    title: v.string(),
    body: v.optional(v.string()),
    link: v.optional(v.string()), // path in the dashboard
    readAt: v.optional(v.number()),
    createdAt: v.number(),
  })
    .index("by_operator", ["operatorId", "createdAt"])
    .index("by_operator_and_read_at", ["operatorId", "readAt"])
    .index("by_created_at", ["createdAt"]),
});
