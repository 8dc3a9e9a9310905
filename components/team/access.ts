import type { Member } from "@/components/hooks/use-team";
import type { BrandAccess, OperatorRole } from "@/convex/validators";

type Who = { _id: string; role: OperatorRole; brandAccess: BrandAccess };

/** Whether this operator invites people and changes others. The server decides for itself. */
export function managesTeam({ role }: Pick<Who, "role">): boolean {
  return role !== "agent";
}

/** Whether they may change or remove this member: owners anybody but themselves, admins agents of their own brands. */
export function changesMember(operator: Who, member: Member): boolean {
  if (member._id === operator._id || !managesTeam(operator)) return false;
  if (operator.role === "owner") return true;
  return member.role === "agent" && reaches(operator, member.brandAccess);
}

/** Whether they work for every brand of the access themselves. */
export function reaches({ brandAccess }: Pick<Who, "brandAccess">, access: BrandAccess): boolean {
  if (brandAccess === "all") return true;
  return access !== "all" && access.every((brandId) => brandAccess.includes(brandId));
}

/** The roles that they may give, the smallest first. */
export function grantableRoles({ role }: Pick<Who, "role">): OperatorRole[] {
  return role === "owner" ? ["agent", "admin", "owner"] : ["agent", "admin"];
}
