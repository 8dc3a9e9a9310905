/** What each operation does: one function of a noun module, and its rows as the API answers them. */
import { z } from "zod";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import type { Position } from "../model/keyset";
import type { Caller, Idempotency, LimitState } from "../validators";
import { decodeCursor, encodeCursor } from "./cursor";
import { decodeFeedCursor, encodeFeedCursor, rowId } from "./feedCursor";
import { openApiDocument } from "./openapi";
import { UNASSIGNED } from "./operations";
import type { AnswerOf, InputOf, OperationId, Operations } from "./operations";
import { runMutation } from "../model/retry";
import * as rows from "./rows";

export type Context = { ctx: ActionCtx; caller: Caller; idempotency: Idempotency | null; now: number };
/** An answer, and for a function that counts the request itself what is left. */
export type Outcome<Id extends OperationId> = { answer: AnswerOf<Id> };
export type WriteOutcome<Id extends OperationId> = Outcome<Id> & { limit: LimitState; replayed: boolean };

type Result<Id extends OperationId> = Operations[Id]["scope"] extends "write"
  ? WriteOutcome<Id>
  : Outcome<Id>;
type Handlers = {
  [Id in OperationId]: (context: Context, input: InputOf<Id>) => Result<Id> | Promise<Result<Id>>;
};

const place = z
  .tuple([z.number(), z.number(), rowId])
  .transform(([at, createdAt, id]): Position => ({ at, createdAt, id }));
const placeInThread = z.tuple([z.int().min(0)]).transform(([sequence]) => sequence);

const next = (list: string, filters: Record<string, unknown>, at: Position | null) => ({
  nextCursor: at === null ? null : encodeCursor(list, filters, [at.at, at.createdAt, at.id]),
  hasMore: at !== null,
});

export const handlers: Handlers = {
  ping: ({ now }) => ({ answer: { ok: true, version: "v1", time: now } }),

  getOpenApi: () => ({ answer: openApiDocument() }),

  listConversations: async ({ ctx, caller }, { query: { cursor, limit, channel, assignee, ...filters } }) => {
    const all = { channel, assignee, ...filters };
    const after = cursor === undefined ? null : decodeCursor(cursor, "conversations", all, place);
    const narrowing =
      channel !== undefined
        ? { by: "channel" as const, channel }
        : assignee !== undefined
          ? { by: "assignee" as const, assignee: assignee === UNASSIGNED ? null : assignee }
          : null;
    const request = { caller, narrowing, ...filters, after, limit };
    const { page, next: at } = await ctx.runQuery(internal.conversations.listForKey, request);
    return {
      answer: { conversations: page.map(rows.toConversation), ...next("conversations", all, at) },
    };
  },

  getConversation: async ({ ctx, caller }, { params }) => {
    const row = await ctx.runQuery(internal.conversations.getForKey, { caller, ...params });
    return { answer: { conversation: rows.toConversation(row) } };
  },

  updateConversation: async ({ ctx, caller, idempotency }, { params, body }) => {
    const input = { ...params, ...body };
    const { result, ...counted } = await runMutation(ctx, internal.conversations.updateForKey, {
      caller,
      idempotency,
      input,
    });
    return { ...counted, answer: { ok: true, conversation: rows.toConversation(result) } };
  },

  createMessage: async ({ ctx, caller, idempotency }, { params, body }) => {
    const input = { ...params, ...body };
    const { result, ...counted } = await runMutation(ctx, internal.messages.sendForKey, {
      caller,
      idempotency,
      input,
    });
    return { ...counted, answer: { messageId: result._id, message: rows.toMessage(result) } };
  },

  listMessages: async ({ ctx, caller }, { query: { cursor, limit, ...filters } }) => {
    const after = cursor === undefined ? null : decodeCursor(cursor, "messages", filters, placeInThread);
    const request = { caller, ...filters, after, limit };
    const { page, next: at } = await ctx.runQuery(internal.messages.listForKey, request);
    const nextCursor = at === null ? null : encodeCursor("messages", filters, [at]);
    return { answer: { messages: page.map(rows.toMessage), nextCursor, hasMore: at !== null } };
  },

  listLeads: async ({ ctx, caller }, { query: { cursor, limit, ...filters } }) => {
    const after = cursor === undefined ? null : decodeCursor(cursor, "leads", filters, place);
    const request = { caller, ...filters, after, limit };
    const { page, next: at } = await ctx.runQuery(internal.leads.listForKey, request);
    return { answer: { leads: page.map(rows.toLead), ...next("leads", filters, at) } };
  },

  createLead: async ({ ctx, caller, idempotency }, { body }) => {
    const { result, ...counted } = await runMutation(ctx, internal.leads.createForKey, {
      caller,
      idempotency,
      input: body,
    });
    return { ...counted, answer: { leadId: result._id, lead: rows.toLead(result) } };
  },

  getLead: async ({ ctx, caller }, { params }) => {
    const row = await ctx.runQuery(internal.leads.getForKey, { caller, ...params });
    return { answer: { lead: rows.toLead(row) } };
  },

  updateLead: async ({ ctx, caller, idempotency }, { params, body }) => {
    const input = { ...params, ...body };
    const { result, ...counted } = await runMutation(ctx, internal.leads.updateForKey, {
      caller,
      idempotency,
      input,
    });
    return { ...counted, answer: { ok: true, lead: rows.toLead(result) } };
  },

  listBrands: async ({ ctx, caller }) => {
    const brands = await ctx.runQuery(internal.brands.listForKey, { caller });
    return { answer: { brands: brands.map(rows.toBrand), nextCursor: null, hasMore: false } };
  },

  listEvents: async ({ ctx, caller }, { query: { after: cursor, limit, ...filters } }) => {
    const request = { caller, ...filters, after: decodeFeedCursor(cursor, filters), limit };
    const { page, next: at, hasMore } = await ctx.runQuery(internal.events.listForKey, request);
    return {
      answer: { events: page.map(rows.toEvent), nextCursor: encodeFeedCursor(at, filters), hasMore },
    };
  },
};
