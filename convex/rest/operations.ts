/** The operations of the API: the one table that everything about it is made from. */
import { z } from "zod";
import * as example from "./examples";
import type { Operation } from "./operation";
import * as answers from "./shapes/answers";
import { eventList, eventName } from "./shapes/events";
import * as fields from "./shapes/fields";

const operation = <const Op extends Operation>(op: Op): Op => op;

const conversationParams = z.strictObject({ conversationId: fields.id("the conversation") });
const leadParams = z.strictObject({ leadId: fields.id("the lead") });
const nothing = z.strictObject({});
const { conversationId, leadId } = example.EXAMPLE_IDS;
const lastPage = { nextCursor: null, hasMore: false };

const optional = <T extends z.ZodType>(schema: T) => schema.optional();
const emptied = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]).optional();

const UNASSIGNED = "unassigned";

const conversationsQuery = z
  .strictObject({
    status: answers.conversationStatus.default("open").meta({ description: "One status." }),
    brandId: optional(fields.id("a brand, to see that one alone")),
    channel: optional(
      answers.channel.meta({
        description: "One channel. Not together with assignee.",
        "x-not-with": "assignee",
      }),
    ),
    assignee: optional(
      fields
        .id(`an operator, or "${UNASSIGNED}" for conversations that nobody has`)
        .meta({ description: `Id of an operator, or "${UNASSIGNED}". Not together with channel.` }),
    ),
    updatedAfter: fields.updatedAfter,
    limit: fields.limit,
    cursor: fields.cursor,
  })
  .superRefine(({ channel, assignee }, ctx) => {
    if (channel === undefined || assignee === undefined) return;
    ctx.addIssue({
      code: "custom",
      path: ["assignee"],
      message: "Filter by channel or by assignee, not by both.",
    });
  });

const leadFields = {
  email: optional(fields.email),
  phone: optional(fields.phone),
  notes: optional(fields.notes),
  status: optional(answers.leadStatus),
};

/** At least one field: an empty change is a mistake. */
const change = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject(shape)
    .meta({ minProperties: 1 })
    .superRefine((value, ctx) => {
      if (Object.values(value).some((field) => field !== undefined)) return;
      ctx.addIssue({ code: "custom", message: `Send at least one of ${Object.keys(shape).join(", ")}.` });
    });

export const operations = {
  ping: operation({
    method: "GET",
    path: "/ping",
    tag: "Service",
    summary: "Health",
    description: "Whether the deployment answers. Needs no key and is not counted; parameters are ignored.",
    scope: null,
    params: null,
    query: null,
    body: null,
    status: 200,
    answer: answers.pong,
    notFound: false,
    example: { answer: { ok: true, version: "v1", time: example.message.createdAt } },
  }),
  getOpenApi: operation({
    method: "GET",
    path: "/openapi.json",
    tag: "Service",
    summary: "This description",
    description: "The OpenAPI document of the API. Needs no key and is not counted; parameters are ignored.",
    scope: null,
    params: null,
    query: null,
    body: null,
    status: 200,
    answer: z.looseObject({ openapi: z.string() }).meta({ description: "An OpenAPI 3.1 document." }),
    notFound: false,
    example: { answer: { openapi: "3.1.1" } },
  }),
  listConversations: operation({
    method: "GET",
    path: "/conversations",
    tag: "Conversations",
    summary: "List conversations",
    description:
      "Conversations of one status, newest activity first; with `updatedAfter`, oldest change first. A walk by `nextCursor` misses no conversation that did not move meanwhile; one that moved may come twice.",
    scope: "read",
    params: null,
    query: conversationsQuery,
    body: null,
    status: 200,
    answer: answers.conversationList,
    notFound: true,
    example: {
      query: { status: "open", limit: 50 },
      answer: { conversations: [example.conversation], nextCursor: example.CURSOR, hasMore: true },
    },
  }),
  getConversation: operation({
    method: "GET",
    path: "/conversations/{conversationId}",
    tag: "Conversations",
    summary: "Get a conversation",
    description: "One conversation. Its messages are at /messages.",
    scope: "read",
    params: conversationParams,
    query: nothing,
    body: null,
    status: 200,
    answer: answers.conversationOne,
    notFound: true,
    example: { params: { conversationId }, answer: { conversation: example.conversation } },
  }),
  updateConversation: operation({
    method: "PATCH",
    path: "/conversations/{conversationId}",
    tag: "Conversations",
    summary: "Change status or assignee",
    description: "Sets what is given. Setting what is set already changes nothing and makes no event.",
    scope: "write",
    params: conversationParams,
    query: nothing,
    body: change({
      status: optional(answers.conversationStatus),
      assignee: emptied(
        fields.id("an operator who may see the conversation").meta({
          description: "Id of an operator who may see the conversation; null for nobody.",
        }),
      ),
    }),
    status: 200,
    answer: answers.conversationPatched,
    notFound: true,
    example: {
      params: { conversationId },
      body: { status: "resolved" },
      answer: {
        ok: true,
        conversation: {
          ...example.conversation,
          status: "resolved",
          statusChangedAt: example.message.createdAt,
        },
      },
    },
  }),
  createMessage: operation({
    method: "POST",
    path: "/conversations/{conversationId}/messages",
    tag: "Messages",
    summary: "Reply to the visitor",
    description:
      "Sends a message from the team, as a reply in the dashboard does: the visitor sees it at once, a snoozed conversation opens, nobody waits any more. It assigns nobody.",
    scope: "write",
    params: conversationParams,
    query: nothing,
    body: z.strictObject({ body: fields.messageBody, senderName: optional(fields.senderName) }),
    status: 201,
    answer: answers.messageCreated,
    notFound: true,
    example: {
      params: { conversationId },
      body: { body: example.message.body },
      answer: { messageId: example.message.id, message: { ...example.message, senderName: null } },
    },
  }),
  listMessages: operation({
    method: "GET",
    path: "/messages",
    tag: "Messages",
    summary: "List messages",
    description:
      "What the visitor can see of one conversation, oldest first; with `order=desc`, newest first. Internal notes are left out.",
    scope: "read",
    params: null,
    query: z.strictObject({
      conversationId: fields.id("the conversation"),
      order: z
        .enum(["asc", "desc"])
        .default("asc")
        .meta({ description: "asc: oldest first; desc: newest first." }),
      limit: fields.limit,
      cursor: fields.cursor,
    }),
    body: null,
    status: 200,
    answer: answers.messageList,
    notFound: true,
    example: { query: { conversationId }, answer: { messages: [example.message], ...lastPage } },
  }),
  listLeads: operation({
    method: "GET",
    path: "/leads",
    tag: "Leads",
    summary: "List leads",
    description: "Leads, newest change first; with `updatedAfter`, oldest change first.",
    scope: "read",
    params: null,
    query: z.strictObject({
      status: optional(answers.leadStatus.meta({ description: "One status; all without it." })),
      brandId: optional(fields.id("a brand, to see that one alone")),
      updatedAfter: fields.updatedAfter,
      limit: fields.limit,
      cursor: fields.cursor,
    }),
    body: null,
    status: 200,
    answer: answers.leadList,
    notFound: true,
    example: { query: { status: "new" }, answer: { leads: [example.lead], ...lastPage } },
  }),
  createLead: operation({
    method: "POST",
    path: "/leads",
    tag: "Leads",
    summary: "Create a lead",
    description:
      "The brand is `brandId`, else that of the conversation, else the key's, else the workspace's oldest. Emails may repeat.",
    scope: "write",
    params: null,
    query: nothing,
    body: z.strictObject({
      name: fields.personName,
      ...leadFields,
      brandId: optional(fields.id("the brand")),
      conversationId: optional(fields.id("the conversation that it comes from, of the same brand")),
    }),
    status: 201,
    answer: answers.leadCreated,
    notFound: true,
    example: {
      body: { name: "Maya A.", email: "maya@acme.com" },
      answer: { leadId, lead: example.lead },
    },
  }),
  getLead: operation({
    method: "GET",
    path: "/leads/{leadId}",
    tag: "Leads",
    summary: "Get a lead",
    description: "One lead.",
    scope: "read",
    params: leadParams,
    query: nothing,
    body: null,
    status: 200,
    answer: answers.leadOne,
    notFound: true,
    example: { params: { leadId }, answer: { lead: example.lead } },
  }),
  updateLead: operation({
    method: "PATCH",
    path: "/leads/{leadId}",
    tag: "Leads",
    summary: "Change a lead",
    description:
      "Sets what is given; null empties email, phone or notes. Only a change of status makes an event.",
    scope: "write",
    params: leadParams,
    query: nothing,
    body: change({
      name: optional(fields.personName),
      email: emptied(fields.email),
      phone: emptied(fields.phone),
      notes: emptied(fields.notes),
      status: optional(answers.leadStatus),
    }),
    status: 200,
    answer: answers.leadPatched,
    notFound: true,
    example: {
      params: { leadId },
      body: { status: "contacted" },
      answer: { ok: true, lead: { ...example.lead, status: "contacted" } },
    },
  }),
  listBrands: operation({
    method: "GET",
    path: "/brands",
    tag: "Brands",
    summary: "List brands",
    description: "The brands that the key covers, oldest first, all on one page.",
    scope: "read",
    params: null,
    query: nothing,
    body: null,
    status: 200,
    answer: answers.brandList,
    notFound: false,
    example: { answer: { brands: [example.brand], ...lastPage } },
  }),
  listEvents: operation({
    method: "GET",
    path: "/events",
    tag: "Events",
    summary: "Read the change feed",
    description:
      "Every change of the last 30 days, in the order in which it was committed: none ever appears behind a cursor. Each is exactly what webhooks send. Keep `nextCursor` and ask again with it as `after`.",
    scope: "read",
    params: null,
    query: z.strictObject({
      after: fields.cursor.meta({
        description: "`nextCursor` of the answer before; from the oldest event without it.",
      }),
      type: optional(eventName.meta({ description: "One type of event; all without it." })),
      limit: fields.limit,
    }),
    body: null,
    status: 200,
    answer: eventList,
    notFound: false,
    example: {
      query: { type: "message.created" },
      answer: { events: [example.events["message.created"]], nextCursor: example.CURSOR, hasMore: false },
    },
  }),
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationId = keyof Operations;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : null;

/** What a handler of the operation gets, parsed. */
export type InputOf<Id extends OperationId> = {
  params: Parsed<Operations[Id]["params"]>;
  query: Parsed<Operations[Id]["query"]>;
  body: Parsed<Operations[Id]["body"]>;
};
export type AnswerOf<Id extends OperationId> = z.output<Operations[Id]["answer"]>;

export { UNASSIGNED };
