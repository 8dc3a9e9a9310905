/** Addresses that want no mail of a workspace: whoever reads the mailbox says so by a link, and can take it back. */
import { env } from "../_generated/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { open } from "../logic/sealing";
import { sha256Hex } from "../logic/tokens";
import { sealFresh, secretKeys } from "./secretKeys";

export const STOP_PATH = "/mail/stop";
/** What the tokens are sealed for: nothing else that is sealed opens as one. */
const CONTEXT = "mail stop";

/** An address, unreadable, and the brand whose mail it was in. */
export type StopTarget = { brandId: string; emailHash: string };

/** The address as it is stored: another hash in each workspace. */
export const stopHash = (workspaceId: Id<"workspaces">, email: string): Promise<string> =>
  sha256Hex(`${workspaceId} ${email}`);

/** The link that ends mails to an address, from an action. It opens nothing else. */
export async function makeStopLink({ brandId, emailHash }: StopTarget): Promise<string> {
  const token = await sealFresh(`${brandId} ${emailHash}`, CONTEXT, "Answers by mail");
  return `${env.CONVEX_SITE_URL}${STOP_PATH}?token=${encodeURIComponent(token)}`;
}

/** What a link's token is about; null when it was not made here, or under a key that is gone. */
export async function openStopToken(token: string): Promise<StopTarget | null> {
  const text = await open(token, secretKeys() ?? [], CONTEXT);
  const [brandId, emailHash] = text?.split(" ") ?? [];
  return brandId === undefined || emailHash === undefined ? null : { brandId, emailHash };
}

const findStop = (db: DatabaseReader, workspaceId: Id<"workspaces">, emailHash: string) =>
  db
    .query("mailStops")
    .withIndex("by_workspace_and_email_hash", (q) =>
      q.eq("workspaceId", workspaceId).eq("emailHash", emailHash),
    )
    .unique();

export async function isStopped(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  emailHash: string,
): Promise<boolean> {
  return (await findStop(db, workspaceId, emailHash)) !== null;
}

/** The brand of a link; null when it is gone. */
export async function brandOfStop(
  db: DatabaseReader,
  { brandId }: StopTarget,
): Promise<Doc<"brands"> | null> {
  const id = db.normalizeId("brands", brandId);
  return id === null ? null : await db.get("brands", id);
}

/** Mails no more to the address, for whatever brand of the workspace, or does so again. */
export async function setStopped(
  ctx: MutationCtx,
  { workspaceId }: Doc<"brands">,
  { emailHash, isStopped: wanted, now }: { emailHash: string; isStopped: boolean; now: number },
): Promise<void> {
  const stop = await findStop(ctx.db, workspaceId, emailHash);
  if (stop === null && wanted) {
    await ctx.db.insert("mailStops", { workspaceId, emailHash, createdAt: now });
  }
  if (stop !== null && !wanted) await ctx.db.delete("mailStops", stop._id);
}
