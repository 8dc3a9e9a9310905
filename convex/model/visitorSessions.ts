/** Visitors whose site has signed who they are: found by its id of them, in any browser, for as long as a token says. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { Identity } from "../logic/identityToken";
import { sha256Hex } from "../logic/tokens";
import { personWords } from "./searchWords";
import { anonymousVisitor, copyProfileToConversations, verifiedVisitor } from "./visitors";

/** Conversations of an anonymous visitor that become those of the person they turn out to be. */
const ADOPTED_MAX = 20;
/** Messages of each that are handed over: those that a browser may still send again, and many more. */
const ADOPTED_MESSAGES = 200;
const PURGE_PAGE = 200;
/** How long the key of a session that is over is kept, so that nobody else can have it. */
const KEPT = 30 * 24 * 60 * 60 * 1000;

type Session = Doc<"visitorSessions">;

const expired = () =>
  refusal("IDENTITY_EXPIRED", "You have been signed out here. Reload the page and sign in again to go on.");

async function findSession(
  db: DatabaseReader,
  brandId: Id<"brands">,
  keyHash: string,
): Promise<Session | null> {
  return await db
    .query("visitorSessions")
    .withIndex("by_brand_and_key_hash", (q) => q.eq("brandId", brandId).eq("keyHash", keyHash))
    .unique();
}

/**
 * The brand's visitor whose browser has this key, anonymous or signed in; null when it is nobody's, a refusal when the
 * time of who was signed in is over.
 */
export async function findVisitor(
  db: DatabaseReader,
  brandId: Id<"brands">,
  visitorKey: string,
): Promise<Doc<"visitors"> | null> {
  const keyHash = await sha256Hex(visitorKey);
  const anonymous = await anonymousVisitor(db, brandId, keyHash);
  if (anonymous !== null) return anonymous;
  const session = await findSession(db, brandId, keyHash);
  if (session === null) return null;
  if (session.isOver || session.expiresAt <= Date.now()) throw expired();
  return await db.get("visitors", session.visitorId);
}

export type SignIn = {
  keyHash: string;
  identity: Identity;
  /** Hash of the key that the same browser had while nobody was signed in. */
  earlierKeyHash?: string;
  now: number;
};

/**
 * Makes the browser's key this person's until the token expires, and gives the person's visitor. A key that is anybody
 * else's, also an anonymous visitor's, is refused: whoever has seen it before must not get into this person's chats by it.
 */
export async function signIn(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { keyHash, identity, earlierKeyHash, now }: SignIn,
): Promise<Doc<"visitors">> {
  const session = await findSession(ctx.db, brand._id, keyHash);
  const holder = session === null ? null : await ctx.db.get("visitors", session.visitorId);
  const isAnonymous = (await anonymousVisitor(ctx.db, brand._id, keyHash)) !== null;
  if (isAnonymous || (holder !== null && holder.externalId !== identity.externalId)) {
    throw refusal("CONFLICT", "This browser's key is another visitor's. Make a new one for each person.");
  }
  const earlier =
    earlierKeyHash === undefined ? null : await anonymousVisitor(ctx.db, brand._id, earlierKeyHash);
  const visitor = await personOf(ctx, brand, { identity, earlier, now });
  await keepSession(ctx, visitor, { session, keyHash, expiresAt: identity.expiresAt });
  return visitor;
}

/** The person's visitor with what the token says: found, or made, out of the anonymous one if there was one. */
async function personOf(
  ctx: MutationCtx,
  { _id: brandId, workspaceId }: Doc<"brands">,
  { identity, earlier, now }: { identity: Identity; earlier: Doc<"visitors"> | null; now: number },
): Promise<Doc<"visitors">> {
  const { externalId, expiresAt, ...claims } = identity;
  const known = await verifiedVisitor(ctx.db, brandId, externalId);
  if (known !== null && earlier !== null) await adopt(ctx, known, earlier);
  const person = known ?? earlier;
  const proven = {
    ...claims,
    externalId,
    verified: true,
    ...(claims.email !== undefined && { emailVerified: true }),
    verifiedAt: now,
    searchWords: personWords({ ...person, ...claims }),
    lastSeenAt: now,
  };
  const visitorId =
    person === null
      ? await ctx.db.insert("visitors", { workspaceId, brandId, ...proven, firstSeenAt: now })
      : person._id;
  // The key of the time before opens nothing any more: others may have it.
  if (person !== null) await ctx.db.patch("visitors", person._id, { ...proven, keyHash: undefined });
  const hasChanged = (["name", "email", "phone", "emailVerified"] as const).some(
    (field) => field in proven && person?.[field] !== proven[field],
  );
  if (person?.externalId === undefined || hasChanged) await copyProfileToConversations(ctx, visitorId, null);
  const visitor = await ctx.db.get("visitors", visitorId);
  if (visitor === null) throw new Error("A visitor is gone right after it was written.");
  return visitor;
}

/** What was written before signing in belongs to the person: the anonymous visitor is left without a conversation. */
async function adopt(ctx: MutationCtx, person: Doc<"visitors">, anonymous: Doc<"visitors">): Promise<void> {
  const conversations = await ctx.db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", anonymous._id))
    .order("desc")
    .take(ADOPTED_MAX);
  for (const { _id } of conversations) {
    await ctx.db.patch("conversations", _id, { visitorId: person._id, updatedAt: Date.now() });
    const messages = await ctx.db
      .query("messages")
      .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", _id))
      .order("desc")
      .take(ADOPTED_MESSAGES);
    for (const message of messages) {
      if (message.senderVisitorId !== anonymous._id) continue;
      await ctx.db.patch("messages", message._id, { senderVisitorId: person._id });
    }
  }
  if (conversations.length > 0) await copyProfileToConversations(ctx, person._id, null);
}

async function keepSession(
  ctx: MutationCtx,
  { _id: visitorId, workspaceId, brandId }: Doc<"visitors">,
  { session, keyHash, expiresAt }: { session: Session | null; keyHash: string; expiresAt: number },
): Promise<void> {
  if (session !== null && !session.isOver) {
    // The job that is waiting for the earlier end finds the later one. An older token shortens nothing.
    if (expiresAt > session.expiresAt) await ctx.db.patch("visitorSessions", session._id, { expiresAt });
    return;
  }
  const fields = { workspaceId, brandId, visitorId, keyHash, expiresAt, isOver: false };
  const sessionId = session === null ? await ctx.db.insert("visitorSessions", fields) : session._id;
  if (session !== null) await ctx.db.replace("visitorSessions", session._id, fields);
  await ctx.scheduler.runAt(expiresAt, internal.identity.endSession, { sessionId });
}

/** Ends the session if its time has come; if it was renewed meanwhile, looks again then. */
export async function endSessionInTime(
  ctx: MutationCtx,
  sessionId: Id<"visitorSessions">,
  now: number,
): Promise<void> {
  const session = await ctx.db.get("visitorSessions", sessionId);
  if (session === null || session.isOver) return;
  if (session.expiresAt <= now) await ctx.db.patch("visitorSessions", sessionId, { isOver: true });
  else await ctx.scheduler.runAt(session.expiresAt, internal.identity.endSession, { sessionId });
}

/** Deletes a page of sessions that have long been over; true when there may be more. */
export async function purgeSessions(ctx: MutationCtx, now: number): Promise<boolean> {
  const old = await ctx.db
    .query("visitorSessions")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now - KEPT))
    .take(PURGE_PAGE);
  for (const { _id } of old) await ctx.db.delete("visitorSessions", _id);
  return old.length === PURGE_PAGE;
}
