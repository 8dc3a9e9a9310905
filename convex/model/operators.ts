/** Operators as other rows name them. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { notFound } from "../errors";
import { canAccessBrand } from "../logic/permissions";

type InWorkspace = Pick<Doc<"operators">, "workspaceId">;

/** The operator of this id if what is of this brand can be given to them; null otherwise. */
export async function findAssignee(
  db: DatabaseReader,
  conversation: Pick<Doc<"conversations">, "workspaceId" | "brandId">,
  operatorId: string,
): Promise<Doc<"operators"> | null> {
  const operator = await findColleague(db, conversation, operatorId);
  return operator !== null && canAccessBrand(operator, conversation.brandId) ? operator : null;
}

/** The operator of this id in the workspace; null for a foreign, malformed or unknown id. */
export async function findColleague(
  db: DatabaseReader,
  { workspaceId }: InWorkspace,
  operatorId: string,
): Promise<Doc<"operators"> | null> {
  const id = db.normalizeId("operators", operatorId);
  const operator = id === null ? null : await db.get("operators", id);
  return operator?.workspaceId === workspaceId ? operator : null;
}

/** The operator of this id in the workspace; a foreign, malformed or unknown id is a refusal. */
export async function requireColleague(
  db: DatabaseReader,
  of: InWorkspace,
  operatorId: string,
): Promise<Doc<"operators">> {
  const operator = await findColleague(db, of, operatorId);
  if (operator === null) throw notFound("operator");
  return operator;
}

/** Operators by id for the rows of a list: each is read once. */
export async function loadOperators(
  db: DatabaseReader,
  operatorIds: Iterable<Id<"operators">>,
): Promise<Map<Id<"operators">, Doc<"operators">>> {
  const operators = await Promise.all([...new Set(operatorIds)].map((id) => db.get("operators", id)));
  return new Map(operators.filter((each) => each !== null).map((each) => [each._id, each]));
}
