import type { BrandAccess } from "../validators";

type BrandId = Exclude<BrandAccess, "all">[number];

/** Whether an operator works for the brand. The brand must already be known to be of the operator's workspace. */
export function canAccessBrand(operator: { brandAccess: BrandAccess }, brandId: BrandId): boolean {
  return operator.brandAccess === "all" || operator.brandAccess.includes(brandId);
}
