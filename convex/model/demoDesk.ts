/** What the team of the demo workspace has on its desk beside the conversations: knowledge, an invite, a mention. */
import { DEMO_BRANDS } from "../logic/demoStory";
import { DEMO_ARTICLES, DEMO_QUESTIONS } from "../logic/demoKnowledge";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { setBrandSettings } from "./atlasSettings";
import { insertInvite } from "./invites";
import { insertSource } from "./knowledge";
import { addRemark } from "./leadRemarks";
import { updateLead } from "./leads";
import { sendMessage } from "./messages";

/** Articles of each brand, and questions about those of the first. They are indexed in the background. */
export async function writeDemoKnowledge(
  ctx: MutationCtx,
  brands: readonly Doc<"brands">[],
  now: number,
): Promise<void> {
  const sources = await Promise.all(brands.map((brand, index) => writeArticles(ctx, brand, index, now)));
  const [first] = brands;
  if (first === undefined) return;
  for (const { question, article } of DEMO_QUESTIONS) {
    const expectedSourceId = article === null ? undefined : sources[0]?.[article];
    const { workspaceId, _id: brandId } = first;
    await ctx.db.insert("atlasQuestions", {
      ...{ workspaceId, brandId, question, expectedSourceId, createdAt: now },
    });
  }
}

async function writeArticles(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  index: number,
  now: number,
): Promise<Id<"knowledgeSources">[]> {
  const written: Id<"knowledgeSources">[] = [];
  for (const { title, path, text } of DEMO_ARTICLES[index] ?? []) {
    const url = `${DEMO_BRANDS[index]?.site ?? ""}${path}`;
    const source = { kind: "article" as const, title, url, content: { text } };
    written.push(await insertSource(ctx, brand, source, now));
  }
  return written;
}

/** Whoever moved a lead on has it, and says what came of it. */
export async function careForLead(
  ctx: MutationCtx,
  lead: Doc<"leads">,
  operator: Doc<"operators">,
  now: number,
): Promise<void> {
  if (lead.status === "new") return;
  const kept = await updateLead(ctx, lead, { assignee: operator._id, now });
  const body = REMARKS[lead.status];
  if (body !== undefined) await addRemark(ctx, kept, { operator, body, now });
}

const REMARKS: Partial<Record<Doc<"leads">["status"], string>> = {
  contacted: "Sent the price list for ten and more. Ask again on Monday.",
  qualified: "Needs them before the season begins; the order is theirs to decide.",
  won: "Ordered forty. The invoice goes to the address in the notes.",
};

/** Once the history is told: Atlas drafts for the first brand, somebody is invited, and a colleague asks the owner. */
export async function setDemoDesk(
  ctx: MutationCtx,
  owner: Doc<"operators">,
  { brand, colleague, tokenHash, now }: Desk,
): Promise<void> {
  await setBrandSettings(ctx, brand, { mode: "draft", instructions: "Short and friendly. Say “we”." });
  const invite = { email: "nina@demo.example", name: "Nina Sand", role: "agent" as const, tokenHash };
  await insertInvite(ctx, owner, { ...invite, brandAccess: [brand._id] }, now);
  const conversation = await ctx.db
    .query("conversations")
    .withIndex("by_brand_and_status_and_last_message_at", (q) =>
      q.eq("brandId", brand._id).eq("status", "open"),
    )
    .order("desc")
    .first();
  if (conversation === null) return;
  await sendMessage(ctx, conversation, {
    sender: { role: "internal_note", operator: colleague },
    body: `@${owner.name} is this one of the batch with the loose lids?`,
    mentions: [owner._id],
    now,
  });
}

type Desk = { brand: Doc<"brands">; colleague: Doc<"operators">; tokenHash: string; now: number };
