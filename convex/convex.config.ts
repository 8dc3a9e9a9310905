import rateLimiter from "@convex-dev/rate-limiter/convex.config.js";
import { defineApp } from "convex/server";
import { v } from "convex/values";

const text = v.optional(v.string());

/** `npm start` sets these, and checks what people give it; README.md says what each is. */
const app = defineApp({
  env: {
    /** Where Clerk's own API is; absent for the usual address. */
    CLERK_API_URL: text,
    /** "none" where people sign in with email and password. */
    CLERK_JWT_ISSUER_DOMAIN: text,
    CLERK_SECRET_KEY: text,
    /** What web servers elsewhere sign their clients' addresses with; absent where none does. */
    PRAXTALK_ADDRESS_SECRET: text,
    PRAXTALK_CONVEX_URL: text,
    PRAXTALK_MAIL_FROM: text,
    PRAXTALK_MODEL_ALLOW_CIDRS: text,
    PRAXTALK_SECRET_KEY: text,
    /** What the first workspace is made with where others can reach the deployment; absent where none can. */
    PRAXTALK_SETUP_TOKEN: text,
    PRAXTALK_SITE_URL: text,
    PRAXTALK_SMTP_URL: text,
    PRAXTALK_WEBHOOK_ALLOW_CIDRS: text,
    PRAXTALK_WEBHOOK_RETRY_SCHEDULE: text,
    PRAXTALK_WEB_URL: text,
  },
});
app.use(rateLimiter);
export default app;
