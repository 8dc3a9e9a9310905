import type { SessionHandover } from "@/components/session/session-provider";
import type { WebhookRow } from "@/convex/validators/webhooks";

type Who = Pick<SessionHandover["operator"], "role" | "brandAccess">;

/** Whether this operator sets keys and endpoints up; others see them. The server decides for itself. */
export function managesIntegrations({ role }: Who): boolean {
  return role !== "agent";
}

/** Whether they may change this endpoint: one of all brands takes access to all brands. */
export function managesEndpoint(operator: Who, { brandId }: Pick<WebhookRow, "brandId">): boolean {
  return managesIntegrations(operator) && (operator.brandAccess === "all" || brandId !== null);
}
