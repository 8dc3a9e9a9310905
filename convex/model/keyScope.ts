/** What a request under an API key may see. A foreign id is not found; another brand of the workspace is forbidden. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { notFound, refusal } from "../errors";

type Key = Doc<"apiKeys">;
type OfBrand = { workspaceId: Id<"workspaces">; brandId: Id<"brands"> };

/** What part of the workspace a list covers. */
export type KeyScope =
  { kind: "workspace"; workspaceId: Id<"workspaces"> } | { kind: "brand"; brandId: Id<"brands"> };

const otherBrand = () => refusal("OTHER_BRAND", "This API key is for another brand of the workspace.");

/** All that the key covers, or one brand of it. */
export async function keyScope(db: DatabaseReader, key: Key, brandId: string | undefined): Promise<KeyScope> {
  if (key.brandId !== undefined) {
    // No look-up: whether the other brand exists is not the key's to know.
    if (brandId !== undefined && brandId !== key.brandId) throw otherBrand();
    return { kind: "brand", brandId: key.brandId };
  }
  if (brandId === undefined) return { kind: "workspace", workspaceId: key.workspaceId };
  return { kind: "brand", brandId: (await requireBrand(db, key, brandId))._id };
}

export async function requireBrand(db: DatabaseReader, key: Key, brandId: string): Promise<Doc<"brands">> {
  if (key.brandId !== undefined && brandId !== key.brandId) throw otherBrand();
  const id = db.normalizeId("brands", brandId);
  const brand = id === null ? null : await db.get("brands", id);
  if (brand === null || brand.workspaceId !== key.workspaceId) throw notFound("brand");
  return brand;
}

export async function requireConversation(
  db: DatabaseReader,
  key: Key,
  conversationId: string,
): Promise<Doc<"conversations">> {
  const id = db.normalizeId("conversations", conversationId);
  return covered(key, id === null ? null : await db.get("conversations", id), "conversation");
}

export async function requireLead(db: DatabaseReader, key: Key, leadId: string): Promise<Doc<"leads">> {
  const id = db.normalizeId("leads", leadId);
  const lead = id === null ? null : await db.get("leads", id);
  return covered(key, lead?.removedAt === undefined ? lead : null, "lead");
}

function covered<Row extends OfBrand>(key: Key, row: Row | null, what: string): Row {
  if (row === null || row.workspaceId !== key.workspaceId) throw notFound(what);
  if (key.brandId !== undefined && row.brandId !== key.brandId) throw otherBrand();
  return row;
}
