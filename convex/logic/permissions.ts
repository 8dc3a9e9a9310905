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

/** Whether an operator may make and revoke API keys, and see and revoke the agent tokens of others, within their brands. */
export function canManageKeys({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may remove leads, restore them, and merge two of one person. */
export function canDeleteLead({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may change and delete a remark that `authorId` wrote. */
export function canEditRemark<Id extends string>(
  operator: { _id: Id; role: OperatorRole },
  authorId: Id,
): boolean {
  return operator._id === authorId || operator.role === "owner" || operator.role === "admin";
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

/** Whether an operator may make something for the brand, or for all brands without one. */
export function canWriteForBrand(
  operator: { brandAccess: BrandAccess },
  brandId: BrandId | undefined,
): boolean {
  return brandId === undefined ? operator.brandAccess === "all" : canAccessBrand(operator, brandId);
}

type SavedReply = { createdBy: string; brandId?: BrandId };

/** Whether an operator may change or remove a saved reply: their own; owners and admins any that is within their brands. */
export function canEditSavedReply(operator: Member & { _id: string }, reply: SavedReply): boolean {
  if (reply.createdBy !== operator._id && operator.role === "agent") return false;
  return canWriteForBrand(operator, reply.brandId);
}

type Member = { role: OperatorRole; brandAccess: BrandAccess };

/** Whether everything that `access` reaches is reached by `outer` too. */
export function isWithin(access: BrandAccess, outer: BrandAccess): boolean {
  if (outer === "all") return true;
  return access !== "all" && access.every((brandId) => outer.includes(brandId));
}

/** Whether an operator may invite people, and see and revoke invites. */
export function canManageTeam({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may give somebody this role and these brands: never more than they have themselves. */
export function canGrant(operator: Member, { role, brandAccess }: Member): boolean {
  if (!canManageTeam(operator)) return false;
  return (operator.role === "owner" || role !== "owner") && isWithin(brandAccess, operator.brandAccess);
}

/**
 * Whether an operator may change or remove another: owners anybody, admins only agents all of whose brands are theirs
 * too. Nobody may do it to themselves, so at least one owner stays.
 */
export function canActOn(operator: Member & { _id: string }, target: Member & { _id: string }): boolean {
  if (operator._id === target._id || !canManageTeam(operator)) return false;
  if (operator.role === "owner") return true;
  return target.role === "agent" && isWithin(target.brandAccess, operator.brandAccess);
}

/** Whether an operator may set Atlas up for their brands and change what it knows of them. */
export function canManageAtlas({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may erase people of their brands for good. */
export function canErasePeople({ role }: { role: OperatorRole }): boolean {
  return role === "owner" || role === "admin";
}

/** Whether an operator may read who did what to the workspace: the log is of all brands. */
export function canReadAuditLog({ role, brandAccess }: Member): boolean {
  return role !== "agent" && brandAccess === "all";
}

/** Whether an operator may change what is the whole workspace's, its name among it. */
export function canManageWorkspace({ role, brandAccess }: Member): boolean {
  return role !== "agent" && brandAccess === "all";
}

/** Whether an operator may take everything of the workspace along as a file. */
export function canExportWorkspace({ role, brandAccess }: Member): boolean {
  return role === "owner" && brandAccess === "all";
}
