/** Arguments of the functions about conversations. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { brandAccess, channel, conversationStatus } from "../validators";

/** What narrows a view beside its status: one of these at most. */
export const viewNarrowing = v.union(
  v.object({ by: v.literal("channel"), channel }),
  v.object({
    by: v.literal("assignee"),
    assignee: v.union(v.string(), v.null()), // an operator's id, or "me"; null: nobody
  }),
  v.object({ by: v.literal("tag"), tag: v.string() }),
);
export type ViewNarrowing = Infer<typeof viewNarrowing>;

/** Which conversations of a view, in which order. The default view of the dashboard is `waiting`, then `answered`. */
export const viewPart = v.union(
  v.literal("all"), // newest activity first
  v.literal("waiting"), // a visitor waits for an answer, longest wait first
  v.literal("answered"), // nobody waits, newest activity first
);
export type ViewPart = Infer<typeof viewPart>;

/** An operator as one who can be given conversations. */
export const assigneeRow = v.object({ _id: v.id("operators"), name: v.string(), brandAccess });
export type AssigneeRow = Infer<typeof assigneeRow>;

/** What a person may decide about a conversation. */
export const conversationChange = v.union(
  v.object({ kind: v.literal("status"), status: conversationStatus }),
  v.object({ kind: v.literal("snooze"), until: v.number() }),
  v.object({ kind: v.literal("assign"), operatorId: v.union(v.string(), v.null()) }), // or "me"; null: nobody
  v.object({ kind: v.literal("tag"), tag: v.string() }),
  v.object({ kind: v.literal("untag"), tag: v.string() }),
);
export type ConversationChange = Infer<typeof conversationChange>;

/** All that changes of these kinds can change, as undoing needs it. */
export const decisions = v.object({
  status: conversationStatus,
  snoozedUntil: v.optional(v.number()),
  assignedOperatorId: v.optional(v.id("operators")),
  tags: v.optional(v.array(v.string())),
});
export type Decisions = Infer<typeof decisions>;

/** A conversation that was changed, and how it was before: give it back to undo the change. */
export const changedConversation = v.object({
  conversationId: v.id("conversations"),
  revision: v.number(), // of the change: a later one means that somebody has changed it since
  before: decisions,
});
export type ChangedConversation = Infer<typeof changedConversation>;
