import { v } from "convex/values";
import type { Infer } from "convex/values";
import { brandAccess } from "../validators";

/** What agent software may do: follow along, or also answer, write notes and change status and leads. */
export const agentAccess = v.union(v.literal("read"), v.literal("reply"));
export type AgentAccess = Infer<typeof agentAccess>;

/** An agent token as lists show it: nothing that would let anyone use it. */
export const agentTokenRow = v.object({
  _id: v.id("sessions"),
  name: v.string(),
  prefix: v.string(),
  access: agentAccess,
  brands: brandAccess,
  operator: v.union(v.object({ _id: v.id("operators"), name: v.string() }), v.null()), // in whose name it acts
  mayRevoke: v.boolean(), // who asks may end it
  createdAt: v.number(),
  expiresAt: v.number(),
  lastUsedAt: v.optional(v.number()), // to the hour; reading by subscription alone is not counted
});
export type AgentTokenRow = Infer<typeof agentTokenRow>;
