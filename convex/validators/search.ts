/** What a search finds. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { channel, conversationStatus, messageRole } from "../validators";

/** Tables whose rows have words for a search. */
export const searchedTable = v.union(v.literal("visitors"), v.literal("leads"), v.literal("messages"));
export type SearchedTable = Infer<typeof searchedTable>;

/** Parts of a text that match, in UTF-16 code units. */
const hits = v.array(v.object({ start: v.number(), end: v.number() }));
const marked = v.object({ text: v.string(), hits });
const brand = v.union(
  v.object({ _id: v.id("brands"), name: v.string(), primaryColor: v.string() }),
  v.null(),
);

export const foundPerson = v.object({
  visitorId: v.id("visitors"),
  name: v.optional(marked),
  email: v.optional(marked),
  phone: v.optional(marked),
  brand,
  lastSeenAt: v.number(),
  /** Their newest conversation; null before the first. */
  conversation: v.union(v.object({ _id: v.id("conversations"), status: conversationStatus }), v.null()),
});
export type FoundPerson = Infer<typeof foundPerson>;

export const foundMessage = v.object({
  messageId: v.id("messages"),
  role: messageRole,
  senderName: v.optional(v.string()),
  snippet: marked,
  createdAt: v.number(),
  brand,
  conversation: v.object({
    _id: v.id("conversations"),
    status: conversationStatus,
    channel,
    visitorName: v.optional(v.string()), // or how to reach them, where they gave no name
  }),
});
export type FoundMessage = Infer<typeof foundMessage>;

/** The best results; `hasMore`: there are more than these. */
export const searchResult = v.object({
  people: v.object({ rows: v.array(foundPerson), hasMore: v.boolean() }),
  messages: v.object({ rows: v.array(foundMessage), hasMore: v.boolean() }),
});
