import actionRetrier from "@convex-dev/action-retrier/convex.config.js";
import aggregate from "@convex-dev/aggregate/convex.config.js";
import migrations from "@convex-dev/migrations/convex.config.js";
import rateLimiter from "@convex-dev/rate-limiter/convex.config.js";
import workpool from "@convex-dev/workpool/convex.config.js";
import { defineApp } from "convex/server";
import { v } from "convex/values";
import outer from "../outer/convex.config.js";

const app = defineApp({ env: { GREETING: v.optional(v.string()) } });
app.use(rateLimiter);
app.use(aggregate);
app.use(actionRetrier);
app.use(workpool);
app.use(migrations);
app.use(outer, { httpPrefix: "/outer/", env: { GREETING: app.env.GREETING, MODE: "first" } });
app.use(outer, { name: "twin", env: { MODE: "second" } });
export default app;
