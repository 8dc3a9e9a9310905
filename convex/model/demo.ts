/** Writes the demo workspace's history by the same functions that people's own doings go through. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { DEMO_BRANDS } from "../logic/demoStory";
import type { DemoChat, DemoLine } from "../logic/demoStory";
import { createBrand } from "./brandLife";
import { addTag } from "./conversationTags";
import { assign, setStatus } from "./conversations";
import { careForLead, setDemoDesk, writeDemoKnowledge } from "./demoDesk";
import { createLead } from "./leads";
import { sendMessage } from "./messages";
import type { Sender } from "./messages";
import { createSavedReply } from "./savedReplies";
import { recordSighting } from "./sightings";
import { startConversation } from "./starts";

const COLLEAGUES = [
  { name: "Tomas Berg", email: "tomas@demo.example", role: "admin" },
  { name: "Aylin Demir", email: "aylin@demo.example", role: "agent" },
  { name: "Jonas Klein", email: "jonas@demo.example", role: "agent" },
] as const;
/** The owner and the colleagues. */
export const DEMO_TEAM = COLLEAGUES.length + 1;

const REPLIES = [
  {
    shortcut: "ship",
    title: "Shipping times",
    body: "Orders placed before noon leave the same day and take three to five days.",
  },
  {
    shortcut: "return",
    title: "Returns",
    body: "Send it back within 30 days, in whatever box fits. The label is in the parcel.",
  },
  { shortcut: "hours", title: "When we are here", body: "We answer from Monday to Friday, 8 to 19." },
];

const DAY = 24 * 60 * 60 * 1000;

/** The team, the brands and the saved replies. Colleagues share the owner's password. */
export async function setDemoScene(
  ctx: MutationCtx,
  owner: Doc<"operators">,
  { widgetIds, now }: { widgetIds: readonly string[]; now: number },
): Promise<void> {
  const { workspaceId, passwordHash } = owner;
  for (const colleague of COLLEAGUES) {
    const person = { ...colleague, workspaceId, passwordHash, brandAccess: "all" as const };
    await ctx.db.insert("operators", { ...person, createdAt: now });
  }
  const first = await ctx.db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .unique();
  for (const [index, { name, color: primaryColor, welcome: welcomeMessage, site }] of DEMO_BRANDS.entries()) {
    const look = { name, primaryColor, welcomeMessage };
    if (index === 0 && first !== null) await ctx.db.patch("brands", first._id, look);
    else await createBrand(ctx, owner, look, widgetIds[index] ?? "", now);
    const brand = (await brandsOf(ctx, workspaceId))[index];
    if (brand !== undefined) await recordSighting(ctx, brand, site, now - index * DAY);
  }
  for (const reply of REPLIES) await createSavedReply(ctx, owner, { ...reply, now });
  await writeDemoKnowledge(ctx, await brandsOf(ctx, workspaceId), now);
}

/** What is there once the history is told. Returns the brand whose knowledge can be evaluated. */
export async function endDemo(
  ctx: MutationCtx,
  owner: Doc<"operators">,
  { tokenHash, now }: { tokenHash: string; now: number },
): Promise<Id<"brands">> {
  const [brand] = await brandsOf(ctx, owner.workspaceId);
  const [, colleague] = await teamOf(ctx, owner.workspaceId);
  if (brand === undefined || colleague === undefined) throw new Error("The demo has no scene yet.");
  await setDemoDesk(ctx, owner, { brand, colleague, tokenHash, now });
  return brand._id;
}

const brandsOf = (ctx: MutationCtx, workspaceId: Id<"workspaces">) =>
  ctx.db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(DEMO_BRANDS.length);

const teamOf = (ctx: MutationCtx, workspaceId: Id<"workspaces">) =>
  ctx.db
    .query("operators")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(DEMO_TEAM);

/** Tells chats of a day as if they had happened then; what lies behind `now` has not been said yet. */
export async function tellChats(
  ctx: MutationCtx,
  owner: Doc<"operators">,
  {
    chats,
    dayStart,
    now,
    visitorKeys,
  }: { chats: DemoChat[]; dayStart: number; now: number; visitorKeys: string[] },
): Promise<void> {
  const brands = await brandsOf(ctx, owner.workspaceId);
  const team = await teamOf(ctx, owner.workspaceId);
  for (const [index, chat] of chats.entries()) {
    const brand = brands[chat.brand];
    const operator = team[chat.operator] ?? owner;
    const lines = chat.lines
      .map((line) => ({ ...line, at: dayStart + line.at }))
      .filter(({ at }) => at <= now);
    if (brand === undefined || lines.length === 0) continue;
    const isOver = lines.length === chat.lines.length;
    await tellChat(ctx, { chat, brand, operator, lines, isOver, visitorKey: visitorKeys[index] ?? "" });
  }
}

type Telling = {
  chat: DemoChat;
  brand: Doc<"brands">;
  operator: Doc<"operators">;
  lines: DemoLine[];
  isOver: boolean;
  visitorKey: string;
};

async function tellChat(ctx: MutationCtx, { chat, brand, operator, lines, isOver, visitorKey }: Telling) {
  const [first, ...rest] = lines;
  if (first === undefined) return;
  const start = { visitorKey, input: chat.visitor, body: first.text, now: first.at };
  const { conversationId } = await startConversation(ctx, brand, start);
  const senders: Record<DemoLine["from"], Sender> = {
    visitor: { role: "visitor" },
    operator: { role: "operator", operator },
    note: { role: "internal_note", operator },
  };
  for (const { from, text, at } of rest) {
    await sendMessage(ctx, await current(ctx, conversationId), {
      sender: senders[from],
      body: text,
      now: at,
    });
  }
  const now = (lines.at(-1)?.at ?? first.at) + 60_000;
  await addTag(ctx, await current(ctx, conversationId), chat.tag, now);
  if (chat.isAssigned && rest.length > 0) {
    await assign(ctx, await current(ctx, conversationId), operator, { operator, now, isSilent: true });
  }
  const { name, email, phone } = chat.visitor;
  if (chat.leadStatus !== null) {
    const conversation = await current(ctx, conversationId);
    const createdBy = operator._id;
    const lead = await createLead(ctx, {
      brand,
      conversation,
      name,
      email,
      phone,
      status: chat.leadStatus,
      createdBy,
      now,
    });
    await careForLead(ctx, lead, operator, now);
  }
  if (isOver) await setStatus(ctx, await current(ctx, conversationId), chat.endsAs, { operator, now });
}

async function current(ctx: MutationCtx, id: Id<"conversations">): Promise<Doc<"conversations">> {
  const conversation = await ctx.db.get("conversations", id);
  if (conversation === null) throw new Error("A conversation of the demo is gone.");
  return conversation;
}
