import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.hourly("purge events", { minuteUTC: 17 }, internal.retention.purge, { what: "events" });
crons.hourly("purge idempotency keys", { minuteUTC: 27 }, internal.retention.purge, {
  what: "idempotencyKeys",
});
crons.interval("fold metrics", { seconds: 15 }, internal.analytics.fold, {});
crons.interval("sweep webhook deliveries", { seconds: 30 }, internal.webhookDelivery.sweep, {});
crons.hourly("purge webhook deliveries", { minuteUTC: 37 }, internal.retention.purge, {
  what: "webhookDeliveries",
});
crons.daily("purge webhook endpoints", { hourUTC: 3, minuteUTC: 50 }, internal.retention.purge, {
  what: "webhookEndpoints",
});
crons.hourly("purge uploads", { minuteUTC: 47 }, internal.retention.purge, { what: "uploads" });
crons.daily("purge notifications", { hourUTC: 3, minuteUTC: 55 }, internal.retention.purge, {
  what: "notifications",
});
crons.hourly("purge logins", { minuteUTC: 47 }, internal.retention.purge, { what: "logins" });
crons.daily("purge password resets", { hourUTC: 3, minuteUTC: 48 }, internal.retention.purge, {
  what: "passwordResets",
});
crons.hourly("purge login challenges", { minuteUTC: 51 }, internal.retention.purge, {
  what: "loginChallenges",
});
crons.hourly("purge Clerk tokens", { minuteUTC: 53 }, internal.retention.purge, { what: "clerkTokens" });
crons.daily("purge invites", { hourUTC: 3, minuteUTC: 45 }, internal.retention.purge, { what: "invites" });
crons.daily("purge visitor sessions", { hourUTC: 3, minuteUTC: 35 }, internal.retention.purge, {
  what: "visitorSessions",
});
crons.daily("purge removed leads", { hourUTC: 3, minuteUTC: 47 }, internal.retention.purge, {
  what: "leads",
});
crons.daily("forget old rate limits", { hourUTC: 3, minuteUTC: 40 }, internal.retention.forgetRates, {});
crons.interval("sweep Atlas runs", { minutes: 1 }, internal.atlasRuns.sweep, {});
crons.interval("sweep the indexing of knowledge", { minutes: 5 }, internal.knowledge.sweep, {});
crons.interval("retry the embedding of knowledge", { minutes: 1 }, internal.embeddings.sweep, {});
crons.daily("purge Atlas runs", { hourUTC: 3, minuteUTC: 45 }, internal.retention.purge, {
  what: "atlasRuns",
});
crons.interval("wake snoozed conversations", { minutes: 5 }, internal.snoozing.sweep, {});
crons.interval("sweep mails of answers", { minutes: 5 }, internal.answerMails.sweep, {});
crons.interval("sweep exports", { minutes: 5 }, internal.exports.sweep, {});
crons.hourly("purge exports", { minuteUTC: 57 }, internal.retention.purge, { what: "exports" });
crons.daily(
  "delete what workspaces keep no longer",
  { hourUTC: 3, minuteUTC: 20 },
  internal.retention.purgeByWorkspace,
  { cursor: null },
);
crons.interval("resume conversation merges", { minutes: 5 }, internal.merging.sweep, {});
crons.interval("fill in words for searches", { minutes: 5 }, internal.searchWords.sweep, {});

export default crons;
