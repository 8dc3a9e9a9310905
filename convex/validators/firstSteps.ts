import { v } from "convex/values";
import type { Infer } from "convex/values";

/** What a new workspace does once, in the order in which people do it: each is seen by itself. */
export const firstSteps = v.object({
  snippet: v.boolean(), // a page has asked for a widget
  message: v.boolean(), // a visitor has written
  reply: v.boolean(), // somebody of the team has answered
  teammate: v.boolean(), // there is a second person
  webhook: v.boolean(), // there is an endpoint
});
export type FirstSteps = Infer<typeof firstSteps>;
