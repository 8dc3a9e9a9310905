import type { SessionHandover } from "@/components/session/session-provider";

type Who = Pick<SessionHandover["operator"], "role" | "brandAccess">;

/** Whether this operator changes brands; others see them. The server decides for itself. */
export function managesBrands({ role }: Who): boolean {
  return role !== "agent";
}

/** Whether they may add one: somebody of some brands only would not see it. */
export function addsBrands(operator: Who): boolean {
  return managesBrands(operator) && operator.brandAccess === "all";
}
