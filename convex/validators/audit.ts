import { v } from "convex/values";
import type { Infer } from "convex/values";

/** What people do to the workspace that others may have to explain later: noun and past participle. */
export const auditAction = v.union(
  v.literal("agent_token.created"),
  v.literal("agent_token.revoked"),
  v.literal("api_key.created"),
  v.literal("api_key.revoked"),
  v.literal("atlas.brand_updated"),
  v.literal("atlas.budget_set"),
  v.literal("atlas.model_removed"),
  v.literal("atlas.model_set"),
  v.literal("brand.created"),
  v.literal("brand.updated"),
  v.literal("brand.removed"),
  v.literal("invite.accepted"),
  v.literal("invite.revoked"),
  v.literal("invite.sent"),
  v.literal("knowledge.created"),
  v.literal("knowledge.removed"),
  v.literal("knowledge.updated"),
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
