/** The tables of webhooks, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { eventType } from "../validators";
import {
  attemptFields,
  deliveryEventType,
  deliveryState,
  deliveryStatus,
  disabledReason,
  webhookLane,
  webhookSecret,
} from "../validators/webhooks";

export const webhookTables = {
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
    /** A person asked for the next attempt, or the one under way: the state that its failure leads back to. */
    manualFrom: v.optional(v.union(v.literal("waiting"), v.literal("ended"))),
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
    .index("by_event", ["eventId"])
    .index("by_created_at", ["createdAt"]),

  /** One HTTP exchange. */
  webhookAttempts: defineTable({
    workspaceId: v.id("workspaces"),
    deliveryId: v.id("webhookDeliveries"),
    subscriptionId: v.id("webhookSubscriptions"),
    ...attemptFields,
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
};
