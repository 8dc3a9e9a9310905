/** The people of a workspace: who they are, and what owners and admins change about them. */
import { OPERATORS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canActOn, canGrant, canManageTeam } from "../logic/permissions";
import type { BrandAccess, OperatorRole } from "../validators";
import type { OperatorRow } from "../validators/accounts";
import type { AssigneeRow } from "../validators/conversations";
import { recordAudit } from "./audit";
import { requireBrands } from "./brands";
import { requireColleague } from "./operators";

type Operator = Doc<"operators">;

/** Everybody of the workspace, oldest first. */
export async function takeOperators(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<Operator[]> {
  return await db
    .query("operators")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_MAX);
}

const ROLE_ORDER: Record<OperatorRole, number> = { owner: 0, admin: 1, agent: 2 };

/** Everybody as one who can be given conversations, by name. */
export async function listAssignees(db: DatabaseReader, { workspaceId }: Operator): Promise<AssigneeRow[]> {
  const operators = await takeOperators(db, workspaceId);
  return operators
    .map(({ _id, name, brandAccess }) => ({ _id, name, brandAccess }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Owners, admins, agents; the oldest first among each. */
export async function listOperators(db: DatabaseReader, { workspaceId }: Operator): Promise<OperatorRow[]> {
  const operators = await takeOperators(db, workspaceId);
  return operators
    .sort((a, b) => ROLE_ORDER[a.role] - ROLE_ORDER[b.role] || a.createdAt - b.createdAt)
    .map(({ _id, email, name, role, brandAccess, twoStepSince, createdAt }) => {
      return { _id, email, name, role, brandAccess, hasTwoStep: twoStepSince !== undefined, createdAt };
    });
}

/** The operator may invite people and change others; anyone else is refused. */
export function requireTeamManager(operator: Operator): void {
  if (!canManageTeam(operator)) {
    throw refusal("FORBIDDEN", "Only owners and admins can manage the team. Ask one of them.");
  }
}

/** Refuses to give somebody more than the operator has. */
export function requireGrant(
  operator: Operator,
  grant: { role: OperatorRole; brandAccess: BrandAccess },
): void {
  if (canGrant(operator, grant)) return;
  throw refusal("FORBIDDEN", "You can give no more than you have yourself. Ask an owner.");
}

/** The colleague of this id, whom the operator may change or remove. */
export async function requireSubordinate(
  db: DatabaseReader,
  operator: Operator,
  operatorId: string,
): Promise<Operator> {
  requireTeamManager(operator);
  const colleague = await requireColleague(db, operator, operatorId);
  if (canActOn(operator, colleague)) return colleague;
  throw refusal(
    "FORBIDDEN",
    colleague._id === operator._id
      ? "Nobody can do this to themselves. Ask another owner or admin."
      : "Admins change agents of their own brands. Ask an owner.",
  );
}

/** Owners work for all brands, whatever they worked for before. */
export async function setRole(
  ctx: MutationCtx,
  operator: Operator,
  { operatorId, role }: { operatorId: string; role: OperatorRole },
  now: number,
): Promise<void> {
  const colleague = await requireSubordinate(ctx.db, operator, operatorId);
  const brandAccess = role === "owner" ? "all" : colleague.brandAccess;
  requireGrant(operator, { role, brandAccess });
  if (colleague.role === role) return;
  await ctx.db.patch("operators", colleague._id, { role, brandAccess });
  const details = `${colleague.role} to ${role}`;
  await recordAudit(
    ctx,
    operator,
    { action: "operator.role_changed", target: colleague.email, details },
    now,
  );
}

/** Sets which brands the colleague works for; the access that they had, or null when nothing changed. */
export async function setBrandAccess(
  ctx: MutationCtx,
  operator: Operator,
  { operatorId, brandAccess }: { operatorId: string; brandAccess: "all" | string[] },
  now: number,
): Promise<Operator | null> {
  const colleague = await requireSubordinate(ctx.db, operator, operatorId);
  const wanted = await requireBrands(ctx.db, operator, brandAccess, "brandAccess");
  requireGrant(operator, { role: colleague.role, brandAccess: wanted });
  if (colleague.role === "owner" && wanted !== "all") {
    throw refusal("CONFLICT", "Owners work for all brands. Change the role first.");
  }
  if (isSame(colleague.brandAccess, wanted)) return null;
  await ctx.db.patch("operators", colleague._id, { brandAccess: wanted });
  const details = wanted === "all" ? "all brands" : `${wanted.length} of the brands`;
  await recordAudit(
    ctx,
    operator,
    { action: "operator.brands_changed", target: colleague.email, details },
    now,
  );
  return { ...colleague, brandAccess: wanted };
}

function isSame(one: BrandAccess, other: BrandAccess): boolean {
  if (one === "all" || other === "all") return one === other;
  return one.length === other.length && one.every((brandId) => other.includes(brandId));
}
