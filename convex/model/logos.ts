/** Logos of brands that were uploaded: files in storage, shown at an address of the HTTP routes. */
import { LOGO_MAX } from "../../lib/limits";
import { env } from "../_generated/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { imageType } from "../logic/imageType";
import type { ImageType } from "../logic/imageType";

export const LOGO_PATH = "/widget/logo/";

/** Where the brand's picture is; undefined: it has none. An uploaded one has a new address each time. */
export function avatarUrlOf({ logoId, avatarUrl }: Doc<"brands">): string | undefined {
  return logoId === undefined ? avatarUrl : `${env.CONVEX_SITE_URL}${LOGO_PATH}${logoId}`;
}

/** What kind of picture the bytes are; anything that is not one, or is too large, is a refusal. */
export function checkedLogoType(file: ArrayBuffer): ImageType {
  if (file.byteLength > LOGO_MAX) {
    throw refusal("VALIDATION", "The picture is larger than 1 MB. Choose a smaller one.", { field: "file" });
  }
  const type = imageType(new Uint8Array(file));
  if (type === null) {
    throw refusal("VALIDATION", "Choose a picture in PNG, JPEG, WebP or GIF.", { field: "file" });
  }
  return type;
}

/** Puts the stored file in the place of whatever picture the brand has. */
export async function setLogo(ctx: MutationCtx, brand: Doc<"brands">, logoId: Id<"_storage">): Promise<void> {
  await dropLogo(ctx, brand);
  await ctx.db.patch("brands", brand._id, { logoId, avatarUrl: undefined });
}

export async function dropLogo(ctx: MutationCtx, { _id, logoId }: Doc<"brands">): Promise<void> {
  if (logoId === undefined) return;
  await ctx.db.patch("brands", _id, { logoId: undefined });
  await ctx.storage.delete(logoId);
}

/** The file of that id if it is some brand's logo; any other file is none of the route's. */
export async function findLogo(db: DatabaseReader, fileId: string): Promise<Id<"_storage"> | null> {
  const id = db.system.normalizeId("_storage", fileId);
  const brand =
    id === null
      ? null
      : await db
          .query("brands")
          .withIndex("by_logo", (q) => q.eq("logoId", id))
          .first();
  return brand?.logoId ?? null;
}
