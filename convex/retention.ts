/** Deletes what is past its time: a page, then more in runs of its own. Each table alone, so that none holds up another. */
import { literals } from "convex-helpers/validators";
import { v } from "convex/values";
import { components, internal } from "./_generated/api";
import type { MutationCtx } from "./_generated/server";
import { internalMutation } from "./functions";
import { position } from "./model/keyset";
import { purgeUploads } from "./model/attachments";
import { purgeRuns } from "./model/atlasRuns";
import { purgeExpired } from "./model/exports";
import { purgeFeed } from "./model/feed";
import { purgeResults } from "./model/idempotency";
import { purgeTokens } from "./model/clerk";
import { purgeInvites } from "./model/invites";
import { purgeLeads } from "./model/leadPurge";
import { purgeNotifications } from "./model/notifications";
import { purgeResets } from "./model/passwordResets";
import { purgeLogins } from "./model/sessions";
import { beginRun, eraseExpiredPage, purgeOwnDeliveries } from "./model/retention";
import { purgeSessions } from "./model/visitorSessions";
import { purgeChallenges } from "./model/twoStep";
import { purgeDeliveries, purgeEndpoints } from "./model/webhookPurge";

const DAY = 24 * 60 * 60 * 1000;

/** Each deletes a page of what is past its time; whether there may be more. */
const PURGES = {
  atlasRuns: purgeRuns,
  clerkTokens: purgeTokens,
  events: purgeFeed,
  exports: purgeExpired,
  idempotencyKeys: purgeResults,
  invites: purgeInvites,
  leads: purgeLeads,
  loginChallenges: purgeChallenges,
  logins: purgeLogins,
  notifications: purgeNotifications,
  passwordResets: purgeResets,
  uploads: purgeUploads,
  visitorSessions: purgeSessions,
  webhookDeliveries: purgeDeliveries,
  webhookEndpoints: purgeEndpoints,
} satisfies Record<string, (ctx: MutationCtx, now: number) => Promise<boolean>>;

const what = literals(...(Object.keys(PURGES) as (keyof typeof PURGES)[]));

export const purge = internalMutation({
  args: { what },
  returns: v.null(),
  handler: async (ctx, { what }) => {
    const more = await PURGES[what](ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.retention.purge, { what });
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
