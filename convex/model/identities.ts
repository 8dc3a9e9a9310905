/** What a brand sets about signed identities, and the check of one. */
import { IDENTITY_OVERLAP_DAYS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { verifyIdentityToken } from "../logic/identityToken";
import type { Identity } from "../logic/identityToken";
import { open } from "../logic/sealing";
import type { IdentityMode, IdentitySettings } from "../validators/identity";
import { secretKeys } from "./secretKeys";
import { beginRotation } from "./secretRotation";

const OVERLAP = IDENTITY_OVERLAP_DAYS * 24 * 60 * 60 * 1000;

const findRow = (db: DatabaseReader, brandId: Id<"brands">) =>
  db
    .query("brandIdentities")
    .withIndex("by_brand", (q) => q.eq("brandId", brandId))
    .unique();

export async function identityModeOf(db: DatabaseReader, brandId: Id<"brands">): Promise<IdentityMode> {
  return (await findRow(db, brandId))?.mode ?? "off";
}

export async function identitySettingsOf(
  db: DatabaseReader,
  brandId: Id<"brands">,
): Promise<IdentitySettings> {
  const row = await findRow(db, brandId);
  const preview = row?.secretPreview;
  return {
    mode: row?.mode ?? "off",
    isAvailable: secretKeys() !== null,
    secret: preview === undefined ? null : { preview, previousUntil: row?.secret?.previousUntil ?? null },
  };
}

/** Whether it was another before. */
export async function setIdentityMode(
  ctx: MutationCtx,
  { _id: brandId }: Doc<"brands">,
  mode: IdentityMode,
): Promise<boolean> {
  const row = await findRow(ctx.db, brandId);
  if (mode === (row?.mode ?? "off")) return false;
  if (row?.secret === undefined) {
    throw refusal("CONFLICT", "Make a secret first: without one, no identity can be checked.");
  }
  await ctx.db.patch("brandIdentities", row._id, { mode });
  return true;
}

/** The new secret counts at once, the one before it for a few days more. */
export async function rotateIdentitySecret(
  ctx: MutationCtx,
  { _id: brandId, workspaceId }: Doc<"brands">,
  { sealedSecret, secretPreview }: { sealedSecret: string; secretPreview: string },
  now: number,
): Promise<void> {
  const row = await findRow(ctx.db, brandId);
  if (row?.secret === undefined) {
    const secret = { current: sealedSecret };
    if (row !== null) await ctx.db.patch("brandIdentities", row._id, { secret, secretPreview });
    else await ctx.db.insert("brandIdentities", { workspaceId, brandId, mode: "off", secret, secretPreview });
    return;
  }
  const secret = beginRotation(row.secret, sealedSecret, { now, overlap: OVERLAP, what: "brand" });
  const { previousUntil } = secret;
  await ctx.db.patch("brandIdentities", row._id, { secret, secretPreview });
  await ctx.scheduler.runAt(previousUntil, internal.identity.expireSecret, { brandId, previousUntil });
}

/** The secret before is deleted; with `previousUntil`, only that of the rotation which ends then. */
export async function endIdentityRotation(
  ctx: MutationCtx,
  brandId: Id<"brands">,
  previousUntil?: number,
): Promise<void> {
  const row = await findRow(ctx.db, brandId);
  if (row?.secret?.previous === undefined) return;
  const { current, rotatedAt, previousUntil: end } = row.secret;
  if (previousUntil !== undefined && previousUntil !== end) return;
  await ctx.db.patch("brandIdentities", row._id, { secret: { current, rotatedAt } });
}

/** What the token proves, or a refusal that says why it proves nothing. */
export async function requireIdentity(
  db: DatabaseReader,
  brand: Doc<"brands">,
  token: string,
  now: number,
): Promise<Identity> {
  const row = await findRow(db, brand._id);
  if (row === null || row.mode === "off" || row.secret === undefined) {
    throw refusal("IDENTITY_INVALID", "This brand takes no signed identities: turn them on in its settings.");
  }
  const { current, previous, previousUntil = 0 } = row.secret;
  const sealed = previous === undefined || previousUntil <= now ? [current] : [current, previous];
  const keys = secretKeys() ?? [];
  const opened = await Promise.all(sealed.map((text) => open(text, keys, brand._id)));
  const secrets = opened.filter((secret) => secret !== null);
  if (secrets.length === 0) {
    throw refusal(
      "NOT_CONFIGURED",
      "The identity secret cannot be read: PRAXTALK_SECRET_KEY is another now.",
    );
  }
  const checked = await verifyIdentityToken(token, { secrets, widgetId: brand.widgetId, now });
  if (!checked.ok) throw refusal("IDENTITY_INVALID", checked.reason, { field: "identityToken" });
  return checked.value;
}

/** Refuses who has proven nothing where the brand wants everybody to. */
export async function requireProof(
  db: DatabaseReader,
  brandId: Id<"brands">,
  visitor: Doc<"visitors"> | null,
): Promise<void> {
  if (visitor?.externalId !== undefined || (await identityModeOf(db, brandId)) !== "required") return;
  throw refusal(
    "IDENTITY_REQUIRED",
    "Only people who are signed in on this site can write here. Sign in first.",
  );
}
