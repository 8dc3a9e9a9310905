/** Tables of answers that go to visitors by mail, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { answerMailClaim } from "../validators/answerMails";

export const answerMailTables = {
  /** A mail that is to go out unless the visitor reads before: one for a conversation, gone with its outcome. */
  answerMails: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    since: v.number(), // of the first answer that it is about: earlier ones were written to nobody's address
    attempt: v.number(), // how often it was given to the mail server
    claim: v.optional(answerMailClaim), // what is on its way to the server; absent: it waits
    runAt: v.number(), // when its job is due; with a claim, when whoever sends it is taken for dead
  })
    .index("by_conversation", ["conversationId"])
    .index("by_run_at", ["runAt"]),

  /** Addresses that want no mail of a workspace, by hash alone: the wish outlives what is known of the person. */
  mailStops: defineTable({
    workspaceId: v.id("workspaces"),
    emailHash: v.string(), // SHA-256 of the workspace's id and the address, hex
    createdAt: v.number(),
  }).index("by_workspace_and_email_hash", ["workspaceId", "emailHash"]),
};
