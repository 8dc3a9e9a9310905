/** Events, as the change feed gives them and webhooks send them. */
import { z } from "zod";
import { API_VERSION } from "../../logic/webhookEnvelope";
import { attachment, channel, conversationStatus, leadStatus, senderRole, visitorProfile } from "./answers";
import { id, page, time } from "./fields";

const via = z
  .enum(["api"])
  .optional()
  .meta({ description: "Absent when a person did it; api: a program with an API key." });

const ofConversation = { conversationId: id("the conversation"), brandId: id("the brand") };
const ofLead = {
  leadId: id("the lead"),
  brandId: id("the brand"),
  conversationId: id("the conversation that the lead comes from").optional(),
};

/** `data` by type of event. */
export const eventData = {
  "conversation.created": z.object({
    ...ofConversation,
    visitorId: id("the visitor"),
    channel,
    visitor: z.object({
      ...visitorProfile,
      verified: z.boolean().optional().meta({ description: "True when the site has signed externalId." }),
      emailVerified: z.boolean().optional().meta({ description: "True when the site has signed the email." }),
    }),
    createdAt: time("When it began."),
  }),
  "conversation.status_changed": z.object({
    ...ofConversation,
    previousStatus: conversationStatus,
    status: conversationStatus,
    changedByOperatorId: id("the operator who changed it").optional(),
    via,
  }),
  "conversation.merged": z.object({
    ...ofConversation,
    mergedInto: id("the conversation of the same visitor in which all its messages are now"),
    mergedByOperatorId: id("the operator who merged them"),
  }),
  "message.created": z.object({
    messageId: id("the message"),
    ...ofConversation,
    channel,
    role: senderRole,
    senderOperatorId: id("the operator who wrote it").optional(),
    senderName: z.string().optional(),
    body: z.string(),
    attachments: z.array(attachment).optional().meta({ description: "Its files; absent without any." }),
    sequence: z.int().min(1).meta({ description: "Its place in the conversation." }),
    createdAt: time("When it was written."),
    via,
  }),
  "lead.created": z.object({
    ...ofLead,
    name: z.string(),
    email: z.string().optional(),
    phone: z.string().optional(),
    status: leadStatus,
    createdAt: time("When it was made."),
    via,
  }),
  "lead.status_changed": z.object({ ...ofLead, previousStatus: leadStatus, status: leadStatus, via }),
} as const;

export type EventName = keyof typeof eventData;

export const EVENT_NAMES = Object.keys(eventData) as [EventName, ...EventName[]];
export const eventName = z.enum(EVENT_NAMES);

/** What each type of event says. */
export const EVENT_MEANINGS: Record<EventName, string> = {
  "conversation.created": "A visitor began a conversation.",
  "conversation.status_changed": "A conversation was opened, snoozed, resolved or closed.",
  "conversation.merged":
    "A conversation was merged into another of the same visitor: its messages are in that one, each at its place in time, and the sequences there are new. Read that thread again.",
  "message.created": "A visitor, an operator or Atlas wrote a message. Internal notes make no event.",
  "lead.created": "A lead was made.",
  "lead.status_changed": "A lead moved to another status.",
};

const envelope = <Name extends string, Data extends z.ZodType>(name: Name, data: Data) =>
  z
    .object({
      id: id("the event: the same on every delivery and in the feed"),
      type: z.literal(name),
      apiVersion: z.literal(API_VERSION),
      workspaceId: id("the workspace"),
      brandId: z.union([id("the brand"), z.null()]),
      sequence: z
        .union([z.int().min(1), z.null()])
        .meta({ description: "Of a message: its place in the conversation. Null for other events." }),
      occurredAt: z.iso.datetime().meta({ description: "When it happened." }),
      data,
    })
    .meta({ id: idOf(name), description: `The event ${name}.` });

/** `message.created` → `MessageCreatedEvent`. */
function idOf(name: string): string {
  const words = name.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}Event`;
}

/** The whole event, by its type. */
export const events = {
  "conversation.created": envelope("conversation.created", eventData["conversation.created"]),
  "conversation.status_changed": envelope(
    "conversation.status_changed",
    eventData["conversation.status_changed"],
  ),
  "conversation.merged": envelope("conversation.merged", eventData["conversation.merged"]),
  "message.created": envelope("message.created", eventData["message.created"]),
  "lead.created": envelope("lead.created", eventData["lead.created"]),
  "lead.status_changed": envelope("lead.status_changed", eventData["lead.status_changed"]),
};

/** What an operator's test sends. It is in no feed. */
export const pingEvent = envelope("ping", z.object({}));

export const anyEvent = z.discriminatedUnion("type", [
  events["conversation.created"],
  events["conversation.status_changed"],
  events["conversation.merged"],
  events["message.created"],
  events["lead.created"],
  events["lead.status_changed"],
]);
export type Event = z.output<typeof anyEvent>;

export const eventList = z.object({
  events: z.array(anyEvent),
  nextCursor: z.string().meta({
    description: "Pass it as `after` to read on, now or later. It is there on the last page too.",
  }),
  hasMore: page.hasMore,
});
