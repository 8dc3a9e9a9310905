import type { Doc, Id } from "../_generated/dataModel";

/** Whether the operator works for the brand. The brand must already be known to be of the operator's workspace. */
export function canAccessBrand(
  operator: Pick<Doc<"operators">, "brandAccess">,
  brandId: Id<"brands">,
): boolean {
  return operator.brandAccess === "all" || operator.brandAccess.includes(brandId);
}
