import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { PAGE_SIZE_MAX, VISITOR_MESSAGES_LIMIT } from "../lib/limits";
import * as check from "../lib/validation";
import type { Checked } from "../lib/validation";
import { DEFAULT_WIDGET_SETTINGS } from "../lib/widget-settings";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, refusal, valid } from "./errors";
import { internalMutation, internalQuery, publicMutation, visitorMutation, visitorQuery } from "./functions";
import { originAllowed } from "./logic/origins";
import { storablePage } from "./logic/pageAddress";
import { writingOf } from "./model/atlasRuns";
import { permitUpload } from "./model/attachments";
import { findBrandByWidgetId, requireWidget } from "./model/brands";
import { findVisitorConversation, newestConversation } from "./model/conversations";
import { requireIdentity } from "./model/identities";
import {
  findSentByVisitor,
  sendMessage,
  toVisitorMessageRow,
  visibleMessages,
  visibleMessagesNewestFirst,
} from "./model/messages";
import { boundedPage, emptyPage } from "./model/paging";
import { readByTeam, setVisitorRead } from "./model/readMarks";
import { startConversation } from "./model/starts";
import { countedBy, throttleMessage, throttleVisitorUpload } from "./model/throttles";
import { setTyping as setTypingOf, typingOperator } from "./model/typing";
import { endConversation as end, requestHuman } from "./model/visitorRequests";
import { findVisitor } from "./model/visitorSessions";
import { copyProfileToConversations, renewVisitor, verifiedVisitor } from "./model/visitors";
import { formFor, widgetSettingsOf } from "./model/widgets";
import { conversationStatus, visitorMessageRow } from "./validators";
import { widgetForm } from "./validators/widget";

const optional = <T>(field: string, text: string | undefined, checkText: (text: string) => Checked<T>) =>
  text === undefined ? undefined : valid(field, checkText(text));

/**
 * Makes the visitor known and gives their running conversation, or a new one; with `message`, also sends it. The
 * secret is the browser's own. A field that the brand's form does not ask for is dropped; none is needed here: that is
 * for the form itself, whose `POST /widget/start` is the only way in for a brand that restricts its pages.
 */
export const identifyAndStartConversation = publicMutation({
  args: {
    widgetId: v.string(),
    visitorKey: v.string(),
    name: v.optional(v.string()),
    email: v.optional(v.string()),
    phone: v.optional(v.string()),
    customData: v.optional(v.string()),
    message: v.optional(v.string()),
    clientMessageId: v.optional(v.string()),
    identityToken: v.optional(v.string()), // signed by the site: who the visitor is
  },
  returns: v.object({
    conversationId: v.id("conversations"),
    visitorId: v.id("visitors"),
    brandId: v.id("brands"),
  }),
  handler: async (ctx, args) => {
    const visitorKey = valid("visitorKey", check.checkVisitorKey(args.visitorKey));
    const brand = await requireWidget(ctx.db, args.widgetId);
    if (!originAllowed(brand.allowedOrigins, null)) {
      throw refusal(
        "ORIGIN_NOT_ALLOWED",
        "This widget works on its own pages only. Start over HTTP from one of them.",
      );
    }
    const { form } = await widgetSettingsOf(ctx.db, brand._id);
    const asked = <T>(field: keyof typeof form, checkText: (text: string) => Checked<T>) =>
      form[field] === "off" ? undefined : optional(field, args[field], checkText);
    const { conversationId, visitorId, brandId } = await startConversation(ctx, brand, {
      visitorKey,
      identityToken: args.identityToken,
      input: {
        name: asked("name", check.checkName),
        email: asked("email", check.checkEmail),
        phone: asked("phone", check.checkPhone),
        customData: optional("customData", args.customData, check.checkCustomData),
      },
      body: optional("message", args.message, check.checkMessageBody),
      clientMessageId: optional("clientMessageId", args.clientMessageId, check.checkClientMessageId),
      now: Date.now(),
    });
    return { conversationId, visitorId, brandId };
  },
});

/**
 * What the form of `POST /widget/start` must hold from this visitor, and whether nothing speaks for them yet: neither an
 * earlier start nor the site's signature. An unknown widget is refused later.
 */
export const formForStart = internalQuery({
  args: { widgetId: v.string(), visitorKey: v.string(), identityToken: v.optional(v.string()) },
  returns: v.object({ form: widgetForm, isStranger: v.boolean() }),
  handler: async (ctx, { widgetId, visitorKey, identityToken }) => {
    const brand = await findBrandByWidgetId(ctx.db, widgetId);
    if (brand === null) return { form: DEFAULT_WIDGET_SETTINGS.form, isStranger: false };
    const { form } = await widgetSettingsOf(ctx.db, brand._id);
    if (identityToken === undefined) {
      const known = await findVisitor(ctx.db, brand._id, visitorKey);
      return { form: formFor(form, known ?? {}), isStranger: known === null };
    }
    const identity = await requireIdentity(ctx.db, brand, identityToken, Date.now());
    const known = await verifiedVisitor(ctx.db, brand._id, identity.externalId);
    return { form: formFor(form, { ...known, ...identity }), isStranger: false };
  },
});

/** The start behind `POST /widget/start`, which has checked every field; here the origin is judged. */
export const start = internalMutation({
  args: {
    widgetId: v.string(),
    visitorKey: v.string(),
    clientMessageId: v.string(),
    identityToken: v.optional(v.string()),
    name: v.optional(v.string()),
    email: v.optional(v.string()),
    phone: v.optional(v.string()),
    message: v.string(),
    page: v.optional(v.string()),
    customData: v.optional(v.string()),
    origin: v.union(v.string(), v.null()),
  },
  returns: v.object({ conversationId: v.id("conversations"), messageId: v.id("messages") }),
  handler: async (ctx, args) => {
    const { widgetId, visitorKey, identityToken, clientMessageId, message, origin, ...input } = args;
    const brand = await requireWidget(ctx.db, widgetId);
    if (!originAllowed(brand.allowedOrigins, origin)) {
      throw refusal("ORIGIN_NOT_ALLOWED", "This page may not use the widget. Add its origin to the brand.");
    }
    const now = Date.now();
    const started = await startConversation(ctx, brand, {
      visitorKey,
      identityToken,
      input,
      body: message,
      clientMessageId,
      now,
    });
    const { conversationId, messageId } = started;
    if (messageId === null) throw new Error("A conversation was started with a message but has none.");
    return { conversationId, messageId };
  },
});

/** The visitor's newest conversation, for a returning browser; null when there is none. */
export const resume = visitorQuery({
  args: {},
  returns: v.union(
    v.object({
      conversationId: v.id("conversations"),
      status: conversationStatus,
      name: v.optional(v.string()),
    }),
    v.null(),
  ),
  handler: async (ctx) => {
    if (ctx.visitor === null) return null;
    const conversation = await newestConversation(ctx.db, ctx.visitor);
    if (conversation === null) return null;
    return { conversationId: conversation._id, status: conversation.status, name: ctx.visitor.name };
  },
});

/** The newest messages of the visitor's own conversation, in the order they were written; none for any other id. */
export const listMessagesForVisitor = visitorQuery({
  args: { conversationId: v.string() },
  returns: v.array(visitorMessageRow),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findVisitorConversation(ctx.db, ctx.visitor, conversationId);
    if (conversation === null) return [];
    const newest = await visibleMessagesNewestFirst(ctx.db, conversation._id).take(VISITOR_MESSAGES_LIMIT);
    return newest.reverse().map(toVisitorMessageRow);
  },
});

/** All messages of the visitor's own conversation by pages, newest first. */
export const listMessagesPage = visitorQuery({
  args: { conversationId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(visitorMessageRow),
  handler: async (ctx, { conversationId, paginationOpts }) => {
    const conversation = await findVisitorConversation(ctx.db, ctx.visitor, conversationId);
    if (conversation === null) return emptyPage();
    const result = await visibleMessagesNewestFirst(ctx.db, conversation._id).paginate(
      boundedPage(paginationOpts),
    );
    return { ...result, page: result.page.map(toVisitorMessageRow) };
  },
});

/** What is before a message of the visitor's own conversation, newest first; the next page begins at its last row. */
export const listMessagesBefore = visitorQuery({
  args: { conversationId: v.string(), sequence: v.number() },
  returns: v.object({ page: v.array(visitorMessageRow), isDone: v.boolean() }),
  handler: async (ctx, { conversationId, sequence }) => {
    const conversation = await findVisitorConversation(ctx.db, ctx.visitor, conversationId);
    if (conversation === null) return { page: [], isDone: true };
    const range = { order: "desc" as const, after: sequence };
    const found = await visibleMessages(ctx.db, conversation._id, range).take(PAGE_SIZE_MAX + 1);
    return {
      page: found.slice(0, PAGE_SIZE_MAX).map(toVisitorMessageRow),
      isDone: found.length <= PAGE_SIZE_MAX,
    };
  },
});

async function requireOwn(
  ctx: { db: DatabaseReader; visitor: Doc<"visitors"> },
  conversationId: string,
): Promise<Doc<"conversations">> {
  const conversation = await findVisitorConversation(ctx.db, ctx.visitor, conversationId);
  if (conversation === null) throw notFound("conversation");
  return conversation;
}

/** A message of the visitor; it reopens the conversation. Repeating a clientMessageId gives the same message. */
export const sendVisitorMessage = visitorMutation({
  args: {
    conversationId: v.string(),
    body: v.string(),
    clientMessageId: v.optional(v.string()),
    attachments: v.optional(v.array(v.string())), // ids of uploaded files, up to five; with some the body may be empty
  },
  returns: v.id("messages"),
  handler: async (ctx, { conversationId, body, clientMessageId, attachments = [] }) => {
    const conversation = await requireOwn(ctx, conversationId);
    const id = optional("clientMessageId", clientMessageId, check.checkClientMessageId);
    // A repetition is how a browser learns that its message arrived: it must not be one too many.
    const sent = id === undefined ? null : await findSentByVisitor(ctx.db, ctx.visitor._id, id);
    if (sent === null) await throttleMessage(ctx, countedBy(ctx.visitor));
    return await sendMessage(ctx, conversation, {
      sender: { role: "visitor" },
      body: valid("body", check.checkMessageContent(body, attachments.length)),
      uploads: attachments,
      clientMessageId: id,
      now: Date.now(),
    });
  },
});

/**
 * Permission to upload a file, for brands that take some: the address that takes it once, within an hour, as the body of
 * a POST with `&name=`. The answer's `id` goes into `attachments` of `visitors:sendVisitorMessage`.
 */
export const generateUploadUrl = visitorMutation({
  args: {},
  returns: v.string(),
  handler: async (ctx) => {
    const { allowAttachments } = await widgetSettingsOf(ctx.db, ctx.visitor.brandId);
    if (!allowAttachments) throw refusal("FORBIDDEN", "This chat takes no files.");
    await throttleVisitorUpload(ctx, ctx.visitor);
    return await permitUpload(ctx, ctx.visitor, { visitorId: ctx.visitor._id }, Date.now());
  },
});

/** Asks for a person instead of the AI agent. The team is told once; asking again renews the time. */
export const requestHumanAgent = visitorMutation({
  args: { conversationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await requireOwn(ctx, conversationId);
    await throttleMessage(ctx, countedBy(ctx.visitor));
    await requestHuman(ctx, conversation, Date.now());
    return null;
  },
});

/** Ends the chat: it counts as resolved until the visitor writes again. */
export const endConversation = visitorMutation({
  args: { conversationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await requireOwn(ctx, conversationId);
    await throttleMessage(ctx, countedBy(ctx.visitor));
    await end(ctx, conversation, Date.now());
    return null;
  },
});

/** Tells the team that the visitor writes; repeat it while they do. What they write stays with them. */
export const setTyping = visitorMutation({
  args: { conversationId: v.string(), isTyping: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { conversationId, isTyping }) => {
    const conversation = await requireOwn(ctx, conversationId);
    await setTypingOf(ctx, conversation, null, { isTyping, now: Date.now() });
    return null;
  },
});

/** Tells the team how far the visitor has read. */
export const markRead = visitorMutation({
  args: { conversationId: v.string(), sequence: v.number() },
  returns: v.null(),
  handler: async (ctx, { conversationId, sequence }) => {
    await setVisitorRead(ctx, await requireOwn(ctx, conversationId), sequence);
    return null;
  },
});

/** What the team does in the visitor's conversation at the moment; null for any other id. */
export const getTeamState = visitorQuery({
  args: { conversationId: v.string() },
  returns: v.union(
    v.object({
      answeredBy: v.union(v.string(), v.null()), // who wrote the newest answer
      typing: v.union(v.string(), v.null()), // who writes now
      writing: v.union(v.string(), v.null()), // what Atlas has written so far of an answer that is under way
      readSequence: v.number(), // the newest message that somebody has read
      isHumanRequested: v.boolean(), // and no person has answered yet
      hasEmail: v.boolean(), // whether the team knows an email of the visitor's
    }),
    v.null(),
  ),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findVisitorConversation(ctx.db, ctx.visitor, conversationId);
    if (conversation === null) return null;
    return {
      answeredBy: conversation.answeredBy ?? null,
      typing: await typingOperator(ctx.db, conversation._id),
      writing: await writingOf(ctx.db, conversation),
      readSequence: await readByTeam(ctx.db, conversation._id),
      isHumanRequested: conversation.humanRequestedAt !== undefined,
      hasEmail: conversation.visitor.email !== undefined,
    };
  },
});

/** An email to be answered at, for brands that ask for one. One that is known stays: nothing has proven the new one. */
export const leaveEmail = visitorMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const email = valid("email", check.checkEmail(args.email));
    const { form } = await widgetSettingsOf(ctx.db, ctx.visitor.brandId);
    if (form.email === "off") throw refusal("FORBIDDEN", "This chat does not ask for an email.");
    await throttleMessage(ctx, countedBy(ctx.visitor));
    await renewVisitor(ctx, ctx.visitor, { input: { email }, now: Date.now() });
    return null;
  },
});

/** Where the visitor is, after they clicked to share it. For brands that ask. */
export const setPreciseLocation = visitorMutation({
  args: { lat: v.number(), lng: v.number(), accuracy: v.optional(v.number()) }, // degrees and metres
  returns: v.null(),
  handler: async (ctx, args) => {
    const place = valid("location", check.checkLocation(args));
    const { askLocation } = await widgetSettingsOf(ctx.db, ctx.visitor.brandId);
    if (!askLocation) throw refusal("FORBIDDEN", "This chat does not ask for a location.");
    await throttleMessage(ctx, countedBy(ctx.visitor));
    await ctx.db.patch("visitors", ctx.visitor._id, { location: { ...place, at: Date.now() } });
    return null;
  },
});

/** What the page says about itself and its visitor: what is given replaces what was. Nobody has proven any of it. */
export const setPageData = visitorMutation({
  args: { page: v.optional(v.string()), customData: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, args) => {
    const page = storablePage(args.page) ?? ctx.visitor.page;
    const customData =
      optional("customData", args.customData, check.checkCustomData) ?? ctx.visitor.customData;
    if (page === ctx.visitor.page && customData === ctx.visitor.customData) return null;
    await throttleMessage(ctx, countedBy(ctx.visitor));
    await ctx.db.patch("visitors", ctx.visitor._id, { page, customData });
    return null;
  },
});

/** Continues the renewal of a visitor's profile in their conversations. */
export const copyProfile = internalMutation({
  args: { visitorId: v.id("visitors"), cursor: v.string() },
  returns: v.null(),
  handler: async (ctx, { visitorId, cursor }) => {
    await copyProfileToConversations(ctx, visitorId, cursor);
    return null;
  },
});
