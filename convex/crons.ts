import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.hourly("purge what is past its time", { minuteUTC: 17 }, internal.retention.purge, {});
crons.daily("forget idle rate limits", { hourUTC: 3, minuteUTC: 40 }, internal.retention.forgetRates, {});

export default crons;
