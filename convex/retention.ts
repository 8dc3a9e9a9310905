/** Deletes what is past its time: a page, then more in runs of its own. Each table alone, so that none holds up another. */
import { v } from "convex/values";
import { components, internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { position } from "./model/keyset";
import { purgeUploads as purgeOldUploads } from "./model/attachments";
import { purgeRuns } from "./model/atlasRuns";
import { purgeExpired } from "./model/exports";
import { purgeFeed } from "./model/feed";
import { purgeResults } from "./model/idempotency";
import { purgeTokens } from "./model/clerk";
import { purgeInvites as purgeOldInvites } from "./model/invites";
import { purgeLeads as purgeRemovedLeads } from "./model/leadPurge";
import { purgeNotifications as purgeOldNotifications } from "./model/notifications";
import { purgeResets as purgeOldResets } from "./model/passwordResets";
import { purgeLogins as purgeOldLogins } from "./model/sessions";
import { beginRun, eraseExpiredPage, purgeOwnDeliveries } from "./model/retention";
import { purgeSessions } from "./model/visitorSessions";
import { purgeChallenges } from "./model/twoStep";
import { purgeDeliveries, purgeEndpoints } from "./model/webhookPurge";

const DAY = 24 * 60 * 60 * 1000;

export const purgeEvents = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeFeed(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeEvents, {});
    return null;
  },
});

export const purgeIdempotencyKeys = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeResults(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeIdempotencyKeys, {});
    return null;
  },
});

export const purgeWebhookDeliveries = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeDeliveries(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeWebhookDeliveries, {});
    return null;
  },
});

export const purgeWebhookEndpoints = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeEndpoints(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeWebhookEndpoints, {});
    return null;
  },
});

export const purgeNotifications = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeOldNotifications(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeNotifications, {});
    return null;
  },
});

export const purgeLogins = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeOldLogins(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeLogins, {});
    return null;
  },
});

export const purgePasswordResets = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeOldResets(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgePasswordResets, {});
    return null;
  },
});

export const purgeLoginChallenges = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeChallenges(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeLoginChallenges, {});
    return null;
  },
});

export const purgeClerkTokens = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeTokens(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeClerkTokens, {});
    return null;
  },
});

export const purgeInvites = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeOldInvites(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeInvites, {});
    return null;
  },
});

export const purgeUploads = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeOldUploads(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeUploads, {});
    return null;
  },
});

export const purgeVisitorSessions = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeSessions(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeVisitorSessions, {});
    return null;
  },
});

export const purgeLeads = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeRemovedLeads(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeLeads, {});
    return null;
  },
});

/**
 * Forgets the counts of keys, addresses and visitors that began more than a day ago; each new address would leave a row
 * for ever. The component finds rows by when they were made, not by their last use: a bucket in use is full again once a day.
 */
export const forgetRates = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await ctx.runMutation(components.rateLimiter.lib.clearAll, { before: Date.now() - DAY });
    return null;
  },
});

export const purgeAtlasRuns = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeRuns(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeAtlasRuns, {});
    return null;
  },
});

export const purgeExports = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await purgeExpired(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purgeExports, {});
    return null;
  },
});

/** Workspaces that one run begins with. */
const WORKSPACES_PAGE = 50;

/** What workspaces want to be deleted: a chain of runs for each, so that a large one holds up no other. */
export const purgeByWorkspace = internalMutation({
  args: { cursor: v.union(v.string(), v.null()) }, // null: from the first
  returns: v.null(),
  handler: async (ctx, { cursor }) => {
    const { page, isDone, continueCursor } = await ctx.db
      .query("retentionSettings")
      .paginate({ numItems: WORKSPACES_PAGE, cursor });
    for (const settings of page) {
      const of = { settingsId: settings._id };
      if (await beginRun(ctx, settings, Date.now())) {
        await ctx.scheduler.runAfter(0, internal.retention.eraseConversations, of);
      }
      await ctx.scheduler.runAfter(0, internal.retention.purgeWebhookLog, { ...of, after: null });
    }
    const next = { cursor: continueCursor };
    if (!isDone) await ctx.scheduler.runAfter(0, internal.retention.purgeByWorkspace, next);
    return null;
  },
});

export const eraseConversations = internalMutation({
  args: { settingsId: v.id("retentionSettings") },
  returns: v.null(),
  handler: async (ctx, of) => {
    const more = await eraseExpiredPage(ctx, of.settingsId, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.eraseConversations, of);
    return null;
  },
});

export const purgeWebhookLog = internalMutation({
  args: { settingsId: v.id("retentionSettings"), after: v.union(position, v.null()) },
  returns: v.null(),
  handler: async (ctx, { settingsId, after }) => {
    const next = await purgeOwnDeliveries(ctx, settingsId, after, Date.now());
    if (next === null) return null;
    await ctx.scheduler.runAfter(0, internal.retention.purgeWebhookLog, { settingsId, ...next });
    return null;
  },
});
