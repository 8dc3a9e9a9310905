import type { BrandAccess, OperatorRole } from "../validators";

type BrandId = Exclude<BrandAccess, "all">[number];

/** Whether an operator works for the brand. The brand must already be known to be of the operator's workspace. */
export function canAccessBrand(operator: { brandAccess: BrandAccess }, brandId: BrandId): boolean {
  return operator.brandAccess === "all" || operator.brandAccess.includes(brandId);
}

/** What both of two accesses allow. */
export function commonBrands(one: BrandAccess, other: BrandAccess): BrandAccess {
  if (one === "all") return other;
  return other === "all" ? one : one.filter((brandId) => other.includes(brandId));
}

/** Whether an operator may make and revoke API keys, and see and revoke the agent tokens of others. */
export function canManageKeys({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

export function canDeleteLead({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may set up webhook endpoints and send deliveries again. */
export function canManageWebhooks({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may change a brand and its widget. */
export function canManageBrands({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may take a brand out of the workspace for good. */
export function canRemoveBrands({ role }: { role: OperatorRole }): boolean {
  return role === "owner";
}
