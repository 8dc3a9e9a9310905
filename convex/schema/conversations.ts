/** The tables of conversations, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { channel, conversationStatus, lastMessage, visitorProfile } from "../validators";

export const conversationTables = {
  conversations: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    visitorId: v.id("visitors"),
    channel,
    status: conversationStatus,
    statusChangedAt: v.optional(v.number()),
    snoozedUntil: v.optional(v.number()), // while snoozed; absent: until somebody writes
    wakeJobId: v.optional(v.id("_scheduled_functions")), // opens it then
    revision: v.optional(v.number()), // changes of status, snooze, assignee and tags so far; absent: none
    assignedOperatorId: v.optional(v.id("operators")),
    visitor: visitorProfile, // copy of the visitor's, so that a list costs its page
    lastMessage: v.union(lastMessage, v.null()),
    lastMessageAt: v.number(), // of the newest message that the visitor can see; createdAt before the first
    waitingSince: v.optional(v.number()), // set by a visitor's message, cleared by an answer
    humanRequestedAt: v.optional(v.number()), // cleared by an operator's answer
    answerSequence: v.optional(v.number()), // of the newest answer; absent: none, or none since this is counted
    answeredBy: v.optional(v.string()), // name of who wrote the newest answer
    atlasPausedAt: v.optional(v.number()), // Atlas posts nothing until the conversation is over and begins anew
    sequence: v.number(), // messages counted so far
    visitorSequence: v.number(), // sequence of the visitor's newest message; 0 before the first
    tags: v.optional(v.array(v.string())), // sorted; absent: none. Each has its row in conversationTags
    mergedInto: v.optional(v.id("conversations")), // where its messages are; it takes no change any more
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
    .index("by_workspace_and_status_and_channel_and_waiting_since", [
      "workspaceId",
      "status",
      "channel",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_channel_and_waiting_since", [
      "brandId",
      "status",
      "channel",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_workspace_and_status_and_assignee_and_waiting_since", [
      "workspaceId",
      "status",
      "assignedOperatorId",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_assignee_and_waiting_since", [
      "brandId",
      "status",
      "assignedOperatorId",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_snoozed_until", ["snoozedUntil"])
    .index("by_workspace_and_created_at", ["workspaceId", "createdAt"])
    // In the order in which they began, merged ones among them: the index below sorts these apart.
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes
    .index("by_visitor", ["visitorId"])
    .index("by_visitor_and_merged_into", ["visitorId", "mergedInto"]),

  /** Merges whose messages are still on their way. A row goes with the page that moves the last of them. */
  conversationMerges: defineTable({
    workspaceId: v.id("workspaces"),
    sourceId: v.id("conversations"),
    targetId: v.id("conversations"),
    operatorId: v.id("operators"), // who asked for it
    reserved: v.number(), // messages of both: none of them ends behind this sequence
    targetLeft: v.number(), // up to this one, the target's own messages have the sequence that they had before
    isVisitorPlaced: v.boolean(), // the visitor's newest message has its sequence; until then the target says `reserved`
    isAnswerPlaced: v.boolean(), // the same of the newest answer
    pageAt: v.number(), // when the newest page was moved
  })
    .index("by_target", ["targetId"])
    .index("by_page_at", ["pageAt"]),

  /** The tags of conversations, for views by tag: each carries what those sort by, kept in step with its conversation. */
  conversationTags: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    conversationId: v.id("conversations"),
    tag: v.string(), // lower case
    status: conversationStatus,
    waitingSince: v.optional(v.number()),
    lastMessageAt: v.number(),
  })
    .index("by_conversation", ["conversationId", "tag"])
    .index("by_brand_and_tag", ["brandId", "tag"])
    .index("by_workspace_and_status_and_tag_and_last_message_at", [
      "workspaceId",
      "status",
      "tag",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_tag_and_last_message_at", ["brandId", "status", "tag", "lastMessageAt"])
    .index("by_workspace_and_status_and_tag_and_waiting_since", [
      "workspaceId",
      "status",
      "tag",
      "waitingSince",
      "lastMessageAt",
    ])
    .index("by_brand_and_status_and_tag_and_waiting_since", [
      "brandId",
      "status",
      "tag",
      "waitingSince",
      "lastMessageAt",
    ]),

  /** The tags in use in a brand, each once: a list of them wakes only when one is new or was used last. */
  brandTags: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    tag: v.string(),
  }).index("by_brand", ["brandId", "tag"]),
};
