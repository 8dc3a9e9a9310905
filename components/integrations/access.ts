import type { SessionHandover } from "@/components/session/session-provider";

type Who = Pick<SessionHandover["operator"], "role" | "brandAccess">;

/** Whether this operator sets keys and endpoints up; others see them. The server decides for itself. */
export function managesIntegrations({ role }: Who): boolean {
  return role !== "agent";
}

/** Whether they may change this endpoint or key: one of all brands takes access to all brands. */
export function managesOne(operator: Who, { brandId }: { brandId: string | null }): boolean {
  return managesIntegrations(operator) && (operator.brandAccess === "all" || brandId !== null);
}
