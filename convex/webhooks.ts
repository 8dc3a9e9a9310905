import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { REPLAYABLE_COUNT_MAX, WEBHOOK_LOG_DEFAULT, WEBHOOK_LOG_MAX } from "../lib/limits";
import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import type { ActionCtx, MutationCtx } from "./_generated/server";
import { notFound, refusal, valid } from "./errors";
import { internalMutation, internalOperatorMutation, internalOperatorQuery } from "./functions";
import { operatorMutation, operatorQuery, publicAction } from "./functions";
import { WEBHOOK_SECRET_BYTES, formatWebhookSecret, webhookSecretPreview } from "./logic/webhookSignature";
import { checkWebhookUrl } from "./logic/webhookUrl";
import { recordAudit } from "./model/audit";
import { boundedPage, clampLimit } from "./model/paging";
import { sealFresh, secretKeys } from "./model/secretKeys";
import * as log from "./model/webhookLog";
import * as manual from "./model/webhookManual";
import { attemptsOf, requestShown, toAttemptRow } from "./model/webhookRequests";
import * as secrets from "./model/webhookSecrets";
import * as settingsOf from "./model/webhookSettings";
import * as subscriptions from "./model/webhookSubscriptions";
import { eventType } from "./validators";
import type { AuditAction } from "./validators/audit";
import { deliveryEventType, deliveryStatus } from "./validators/webhooks";
import { webhookDeliveryDetail, webhookDeliveryRow, webhookRow } from "./validators/webhooks";

/** The workspace's endpoints that this operator may see, newest first. */
export const list = operatorQuery({
  args: {},
  returns: v.array(webhookRow),
  handler: async (ctx) => await subscriptions.listRows(ctx.db, ctx.operator),
});

/** What the deployment's environment says about webhooks. */
export const settings = operatorQuery({
  args: {},
  returns: v.object({
    isAvailable: v.boolean(), // false: PRAXTALK_SECRET_KEY is not set, so nothing can be signed
    retrySchedule: v.array(v.number()), // ms after the first failed attempt, the second, and so on
    allowedCidrs: v.array(v.string()), // private addresses that endpoints may have
  }),
  handler: () => ({
    isAvailable: secretKeys() !== null,
    retrySchedule: [...settingsOf.retrySchedule()],
    allowedCidrs: settingsOf.allowedCidrs().map(({ text }) => text),
  }),
});

const newEndpoint = {
  url: v.string(),
  events: v.array(eventType), // at least one
  brandId: v.optional(v.string()), // absent: all brands
};

type Made = { subscriptionId: Id<"webhookSubscriptions">; secret: string };

/** A new endpoint, by an owner or admin. `secret` signs what it gets: nothing shows it again. */
export const create = publicAction({
  args: { sessionToken: v.string(), ...newEndpoint },
  returns: v.object({ subscriptionId: v.id("webhookSubscriptions"), secret: v.string() }),
  handler: async (ctx, args): Promise<Made> => {
    const { secret, ...sealed } = await makeSecret(ctx, args.sessionToken);
    const subscriptionId = await ctx.runMutation(internal.webhooks.insert, { ...args, ...sealed });
    return { subscriptionId, secret };
  },
});

/** A fresh secret, and what of it is stored. */
async function makeSecret(ctx: ActionCtx, sessionToken: string) {
  const workspaceId = await ctx.runQuery(internal.webhooks.managedWorkspace, { sessionToken });
  const secret = formatWebhookSecret(crypto.getRandomValues(new Uint8Array(WEBHOOK_SECRET_BYTES)));
  const sealedSecret = await sealFresh(secret, workspaceId, "Webhooks");
  return { secret, sealedSecret, secretPreview: webhookSecretPreview(secret) };
}

/** The workspace whose webhooks the operator may manage. */
export const managedWorkspace = internalOperatorQuery({
  args: {},
  returns: v.id("workspaces"),
  handler: (ctx) => {
    subscriptions.requireWebhookManager(ctx.operator);
    return ctx.operator.workspaceId;
  },
});

const madeSecret = { sealedSecret: v.string(), secretPreview: v.string() };

/** The transaction behind a new endpoint, which gets the secret sealed. */
export const insert = internalOperatorMutation({
  args: { ...newEndpoint, ...madeSecret },
  returns: v.id("webhookSubscriptions"),
  handler: async (ctx, { url, events, brandId, ...secret }) => {
    subscriptions.requireWebhookManager(ctx.operator);
    const endpoint = {
      ...checkUrl(url),
      events: subscriptions.checkEvents(events),
      brandId: await subscriptions.requireFilter(ctx.db, ctx.operator, brandId),
    };
    const now = Date.now();
    await audit(ctx, "webhook.created", endpoint, now);
    return await subscriptions.insertSubscription(ctx, ctx.operator, { ...endpoint, ...secret }, now);
  },
});

/** Names the endpoint by its host: the rest of a URL may hold a secret. */
async function audit(
  ctx: MutationCtx & { operator: Doc<"operators"> },
  action: AuditAction,
  { url, brandId }: Pick<Doc<"webhookSubscriptions">, "url" | "brandId">,
  now: number,
): Promise<void> {
  await recordAudit(ctx, ctx.operator, { action, target: new URL(url).host, brandId }, now);
}

const checkUrl = (url: string) =>
  valid("url", checkWebhookUrl(url, settingsOf.allowedCidrs(), settingsOf.ownHosts()));

/** Changes what is given. Deliveries that wait go to the new URL. */
export const update = operatorMutation({
  args: {
    subscriptionId: v.string(),
    url: v.optional(v.string()),
    events: v.optional(v.array(eventType)),
    brandId: v.optional(v.union(v.string(), v.null())), // null: all brands
  },
  returns: v.null(),
  handler: async (ctx, { subscriptionId, url, events, brandId }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    const changes = {
      ...(url === undefined ? {} : checkUrl(url)),
      ...(events === undefined ? {} : { events: subscriptions.checkEvents(events) }),
      ...(brandId === undefined
        ? {}
        : { brandId: await subscriptions.requireFilter(ctx.db, ctx.operator, brandId) }),
    };
    const now = Date.now();
    await subscriptions.change(ctx, subscription, changes, now);
    await audit(ctx, "webhook.updated", { ...subscription, ...changes }, now);
    return null;
  },
});

/** While disabled, events for the endpoint are skipped; a replay sends them later. */
export const setEnabled = operatorMutation({
  args: { subscriptionId: v.string(), enabled: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId, enabled }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    const now = Date.now();
    if (enabled === subscription.enabled) return null;
    await audit(ctx, enabled ? "webhook.enabled" : "webhook.disabled", subscription, now);
    if (enabled) await subscriptions.enable(ctx, subscription, now);
    else await subscriptions.disable(ctx, subscription, "operator", now);
    return null;
  },
});

/** Deletes the endpoint; its deliveries end, and stay in the log. */
export const remove = operatorMutation({
  args: { subscriptionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    const now = Date.now();
    await subscriptions.remove(ctx, subscription, now);
    await audit(ctx, "webhook.removed", subscription, now);
    return null;
  },
});

/**
 * A new secret, shown once. For a day the old one signs too, first: receivers that look at one signature go on as they
 * were, until `confirmSecret` turns the order around.
 */
export const rotateSecret = publicAction({
  args: { sessionToken: v.string(), subscriptionId: v.string() },
  returns: v.object({ secret: v.string() }),
  handler: async (ctx, args): Promise<{ secret: string }> => {
    const { secret, ...sealed } = await makeSecret(ctx, args.sessionToken);
    await ctx.runMutation(internal.webhooks.startRotation, { ...args, ...sealed });
    return { secret };
  },
});

/** The transaction behind a rotation. */
export const startRotation = internalOperatorMutation({
  args: { subscriptionId: v.string(), ...madeSecret },
  returns: v.null(),
  handler: async (ctx, { subscriptionId, ...secret }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    const now = Date.now();
    await secrets.startRotation(ctx, subscription, secret, now);
    await audit(ctx, "webhook.secret_rotated", subscription, now);
    return null;
  },
});

/** The receiver has the new secret: it signs first from now on. */
export const confirmSecret = operatorMutation({
  args: { subscriptionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    await secrets.confirmRotation(ctx, subscription, Date.now());
    return null;
  },
});

/** Ends the old secret now. */
export const finishRotation = operatorMutation({
  args: { subscriptionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    await secrets.endRotation(ctx, subscription);
    return null;
  },
});

/** Ends an old secret when its day is over. A rotation that began since has its own end. */
export const expireSecret = internalMutation({
  args: { subscriptionId: v.id("webhookSubscriptions"), previousUntil: v.number() },
  returns: v.null(),
  handler: async (ctx, { subscriptionId, previousUntil }) => {
    const subscription = await ctx.db.get("webhookSubscriptions", subscriptionId);
    if (subscription?.secret.previousUntil === previousUntil) await secrets.endRotation(ctx, subscription);
    return null;
  },
});

/** Sends an event of type "ping" to the endpoint once, also while it is disabled. */
export const sendTest = operatorMutation({
  args: { subscriptionId: v.string() },
  returns: v.object({ deliveryId: v.id("webhookDeliveries") }),
  handler: async (ctx, { subscriptionId }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    return { deliveryId: await manual.sendTest(ctx, subscription, Date.now()) };
  },
});

const filters = {
  subscriptionId: v.optional(v.string()), // of a deleted endpoint too
  status: v.optional(deliveryStatus),
  eventType: v.optional(deliveryEventType),
  since: v.optional(v.number()), // of creation
};

/** Deliveries in this operator's brands, newest first. */
export const listRecentEvents = operatorQuery({
  args: { ...filters, limit: v.optional(v.number()) }, // 30, at most 200
  returns: v.array(webhookDeliveryRow),
  handler: async (ctx, { limit, ...filters }) => {
    const count = clampLimit(limit, WEBHOOK_LOG_DEFAULT, WEBHOOK_LOG_MAX);
    return await log.toDeliveryRows(ctx.db, await log.listDeliveries(ctx.db, ctx.operator, filters, count));
  },
});

/** The same by pages. */
export const listDeliveries = operatorQuery({
  args: { ...filters, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(webhookDeliveryRow),
  handler: async (ctx, { paginationOpts, ...filters }) => {
    const opts = boundedPage(paginationOpts);
    const result = await log.pageDeliveries(ctx.db, ctx.operator, filters, opts);
    return { ...result, page: await log.toDeliveryRows(ctx.db, result.page) };
  },
});

/** One delivery with its request and attempts; null for a foreign, malformed or unknown id. */
export const getDelivery = operatorQuery({
  args: { deliveryId: v.string() },
  returns: v.union(webhookDeliveryDetail, v.null()),
  handler: async (ctx, { deliveryId }) => {
    const delivery = await log.findDelivery(ctx.db, ctx.operator, deliveryId);
    if (delivery === null) return null;
    const attempts = await attemptsOf(ctx.db, delivery);
    const [row] = await log.toDeliveryRows(ctx.db, [delivery]);
    if (row === undefined) throw new Error("One delivery did not become one row.");
    const request = await requestShown(ctx.db, delivery, attempts.at(-1));
    return { ...row, request, attemptRows: attempts.map(toAttemptRow) };
  },
});

/** Sends the delivery again at once, by an owner or admin. A failure leaves it where it was. */
export const manualRetry = operatorMutation({
  args: { deliveryId: v.string() },
  returns: v.null(),
  handler: async (ctx, { deliveryId }) => {
    subscriptions.requireWebhookManager(ctx.operator);
    const delivery = await log.findDelivery(ctx.db, ctx.operator, deliveryId);
    if (delivery === null) throw notFound("delivery");
    await manual.retryNow(ctx, delivery, Date.now());
    return null;
  },
});

const replay = { subscriptionId: v.string(), since: v.number() };

/** Sends each failed and skipped delivery of the endpoint since then once more, in the background. */
export const replayFailed = operatorMutation({
  args: replay,
  returns: v.object({ scheduled: v.literal(true) }),
  handler: async (ctx, { subscriptionId, since }) => {
    const subscription = await subscriptions.requireSubscription(ctx.db, ctx.operator, subscriptionId);
    if (!subscription.enabled) {
      throw refusal("CONFLICT", "This endpoint is disabled. Enable it first, then replay.");
    }
    const job = { subscriptionId: subscription._id, status: "failed" as const, since, until: Date.now() };
    await ctx.scheduler.runAfter(0, internal.webhookDelivery.replay, { ...job, cursor: null });
    return { scheduled: true as const };
  },
});

/** How many that would be; counts to 1,000. */
export const countReplayable = operatorQuery({
  args: replay,
  returns: v.object({ count: v.number(), isMore: v.boolean() }),
  handler: async (ctx, { subscriptionId, since }) => {
    const subscription = await subscriptions.findSubscription(ctx.db, ctx.operator, subscriptionId);
    // Who is limited to brands may not replay what is for all of them, and learns no count either.
    const isOwn = subscription?.brandId !== undefined || ctx.operator.brandAccess === "all";
    if (subscription === null || !isOwn) return { count: 0, isMore: false };
    const count = await log.countReplayable(ctx.db, subscription, since, REPLAYABLE_COUNT_MAX + 1);
    return { count: Math.min(count, REPLAYABLE_COUNT_MAX), isMore: count > REPLAYABLE_COUNT_MAX };
  },
});
