/** Deletes what is past its time: a page, then more in runs of its own. Each table alone, so that none holds up another. */
import { v } from "convex/values";
import { components, internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { purgeUploads as purgeOldUploads } from "./model/attachments";
import { purgeRuns } from "./model/atlasRuns";
import { purgeFeed } from "./model/feed";
import { purgeResults } from "./model/idempotency";
import { purgeInvites as purgeOldInvites } from "./model/invites";
import { purgeLeads as purgeRemovedLeads } from "./model/leadPurge";
import { purgeNotifications as purgeOldNotifications } from "./model/notifications";
import { purgeResets as purgeOldResets } from "./model/passwordResets";
import { purgeLogins as purgeOldLogins } from "./model/sessions";
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
