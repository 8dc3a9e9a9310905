/** The rows of the API as validators of functions: one source for REST, webhooks and agent software. */
import { v } from "convex/values";
import { zodOutputToConvex } from "convex-helpers/server/zod4";
import { brand, conversation, lead, message } from "../rest/shapes/answers";
import { eventList } from "../rest/shapes/events";

export const conversationShape = zodOutputToConvex(conversation);
export const messageShape = zodOutputToConvex(message);
export const leadShape = zodOutputToConvex(lead);
export const brandShape = zodOutputToConvex(brand);
/** `cursors`: behind each of the events, to go on there. */
export const eventPageShape = v.object({
  ...zodOutputToConvex(eventList).fields,
  cursors: v.array(v.string()),
});
/** Who is in a conversation at the moment, beside whoever asks. */
export const presenceShape = v.object({
  operators: v.array(
    v.object({ id: v.id("operators"), name: v.string(), isViewing: v.boolean(), isTyping: v.boolean() }),
  ),
  visitor: v.object({ isTyping: v.boolean() }),
});
