import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.hourly("purge events", { minuteUTC: 17 }, internal.retention.purgeEvents, {});
crons.hourly("purge idempotency keys", { minuteUTC: 27 }, internal.retention.purgeIdempotencyKeys, {});
crons.interval("sweep webhook deliveries", { seconds: 30 }, internal.webhookDelivery.sweep, {});
crons.daily("forget old rate limits", { hourUTC: 3, minuteUTC: 40 }, internal.retention.forgetRates, {});

export default crons;
