import { v } from "convex/values";
import type { Infer } from "convex/values";

/** What people do to the workspace that others may have to explain later: noun and past participle. */
export const auditAction = v.union(
  v.literal("agent_token.created"),
  v.literal("agent_token.revoked"),
  v.literal("api_key.created"),
  v.literal("api_key.revoked"),
  v.literal("brand.created"),
  v.literal("brand.updated"),
  v.literal("brand.removed"),
  v.literal("invite.accepted"),
  v.literal("invite.revoked"),
  v.literal("invite.sent"),
  v.literal("operator.brands_changed"),
  v.literal("operator.removed"),
  v.literal("operator.role_changed"),
  v.literal("brand.identity_mode_changed"),
  v.literal("brand.identity_secret_rotated"),
  v.literal("webhook.created"),
  v.literal("webhook.updated"),
  v.literal("webhook.enabled"),
  v.literal("webhook.disabled"),
  v.literal("webhook.removed"),
  v.literal("webhook.secret_rotated"),
);
export type AuditAction = Infer<typeof auditAction>;
