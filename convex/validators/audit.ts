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
  v.literal("operator.clerk_connected"),
  v.literal("operator.clerk_disconnected"),
  v.literal("operator.password_changed"),
  v.literal("operator.password_reset"),
  v.literal("operator.removed"),
  v.literal("operator.reset_link_made"),
  v.literal("operator.role_changed"),
  v.literal("brand.identity_mode_changed"),
  v.literal("brand.identity_secret_rotated"),
  v.literal("person.erased"),
  v.literal("operator.two_step_off"),
  v.literal("operator.two_step_on"),
  v.literal("webhook.created"),
  v.literal("webhook.updated"),
  v.literal("webhook.enabled"),
  v.literal("webhook.disabled"),
  v.literal("webhook.removed"),
  v.literal("webhook.secret_rotated"),
  v.literal("retention.changed"),
  v.literal("retention.ran"),
  v.literal("workspace.export_downloaded"),
  v.literal("workspace.export_removed"),
  v.literal("workspace.exported"),
  v.literal("workspace.renamed"),
);
export type AuditAction = Infer<typeof auditAction>;

/** One kind of change, or what one person did. */
export const auditFilter = v.union(
  v.object({ action: auditAction }),
  v.object({ operatorId: v.string() }), // who may be gone
);
export type AuditFilter = Infer<typeof auditFilter>;

export const auditRow = v.object({
  _id: v.id("auditLogs"),
  operatorId: v.optional(v.id("operators")), // absent: PraxTalk itself
  operatorName: v.string(),
  action: auditAction,
  target: v.string(),
  details: v.optional(v.string()),
  createdAt: v.number(),
});
export type AuditRow = Infer<typeof auditRow>;
