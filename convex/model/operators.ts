/** Operators as other rows name them. */
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { notFound } from "../errors";
import { canAccessBrand } from "../logic/permissions";

type InWorkspace = Pick<Doc<"operators">, "workspaceId">;

/** The operator of this id if the conversation can be given to them; null otherwise. */
export async function findAssignee(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
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
