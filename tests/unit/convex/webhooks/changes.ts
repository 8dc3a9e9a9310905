/** Changes of the product, by its own functions, with the events that must come of each. */
import { api } from "../../../../convex/_generated/api";
import type { EventType, LeadStatus } from "../../../../convex/validators";
import type { Brand, World } from "./world";

export const CHANGES = [
  "lead",
  "leadStatus",
  "start",
  "visitor",
  "answer",
  "note",
  "status",
  "merge",
  "refused",
] as const;
export type Change = (typeof CHANGES)[number];

const LEAD_STATUSES: LeadStatus[] = ["contacted", "qualified", "won", "lost"];
const visitorKey = (n: number) => `v_${n.toString(16).padStart(64, "0")}`;

/** Makes a change in the brand; a chat or a lead that it needs is begun instead when there is none. */
export async function change(world: World, brand: Brand, what: Change): Promise<void> {
  const { sessionToken } = brand.team;
  const n = world.next();
  if (what === "lead" || (what === "leadStatus" && brand.lead === null)) {
    return await world.change(brand, ["lead.created"], async () => {
      const { brandId } = brand;
      const { leadId } = await world.t.mutation(api.leads.create, {
        sessionToken,
        brandId,
        name: `Lead ${n}`,
      });
      brand.lead = { leadId, turns: 0 };
    });
  }
  if (what === "leadStatus" && brand.lead !== null) {
    const { leadId, turns } = brand.lead;
    const status = LEAD_STATUSES[turns % LEAD_STATUSES.length] ?? "won";
    brand.lead.turns++;
    const move = () => world.t.mutation(api.leads.updateStatus, { sessionToken, leadId, status });
    return await world.change(brand, ["lead.status_changed"], move);
  }
  if (what === "refused") {
    const refused = () => world.t.mutation(api.leads.create, { sessionToken, name: "" }).catch(() => null);
    return await world.change(brand, [], refused);
  }
  if (brand.chat === null || what === "start") return await start(world, brand, n);
  await inChat(world, brand, brand.chat, what as InChat);
}

async function start(world: World, brand: Brand, n: number): Promise<void> {
  const { widgetId } = brand;
  await world.change(brand, ["conversation.created", "message.created"], async () => {
    const { conversationId } = await world.t.mutation(api.visitors.identifyAndStartConversation, {
      ...{ widgetId, visitorKey: visitorKey(n), name: "Maya", email: "maya@example.com" },
      ...{ message: `Hello ${n} – ü 🙂`, clientMessageId: `m${n}` },
    });
    brand.chat = { conversationId, visitorKey: visitorKey(n), status: "open" };
  });
}

type InChat = "visitor" | "answer" | "note" | "status" | "merge";

async function inChat(
  world: World,
  brand: Brand,
  chat: NonNullable<Brand["chat"]>,
  what: InChat,
): Promise<void> {
  const { sessionToken } = brand.team;
  const { conversationId } = chat;
  if (what === "merge") return await merge(world, brand, chat);
  if (what === "visitor") {
    const types: EventType[] = ["message.created"];
    if (chat.status === "resolved") types.push("conversation.status_changed");
    chat.status = "open";
    const { widgetId } = brand;
    const args = { widgetId, visitorKey: chat.visitorKey, conversationId, body: "“quoted” \\ text" };
    return await world.change(brand, types, () => world.t.mutation(api.visitors.sendVisitorMessage, args));
  }
  if (what === "status") {
    const status = chat.status === "open" ? "resolved" : "open";
    chat.status = status;
    const set = () => world.t.mutation(api.conversations.setStatus, { sessionToken, conversationId, status });
    return await world.change(brand, ["conversation.status_changed"], set);
  }
  const args = { sessionToken, conversationId, body: "Right away.", internal: what === "note" };
  const types: EventType[] = what === "note" ? [] : ["message.created"];
  await world.change(brand, types, () => world.t.mutation(api.messages.send, args));
}

/** The visitor begins another chat, which is merged into the one that they had. */
async function merge(world: World, brand: Brand, chat: NonNullable<Brand["chat"]>): Promise<void> {
  const { sessionToken } = brand.team;
  const { conversationId, visitorKey } = chat;
  if (chat.status === "open") await inChat(world, brand, chat, "status");
  const types: EventType[] = ["conversation.created", "message.created"];
  // The first opens with the second, which is closed and has no message any more.
  types.push("conversation.status_changed", "conversation.status_changed", "conversation.merged");
  await world.change(brand, types, async () => {
    const again = { widgetId: brand.widgetId, visitorKey, message: "One more thing" };
    const second = await world.t.mutation(api.visitors.identifyAndStartConversation, again);
    const both = { conversationId: second.conversationId, into: conversationId };
    await world.t.mutation(api.conversations.merge, { sessionToken, ...both });
  });
  chat.status = "open";
}

/** Several leads, each by a mutation of its own, before anything of them is sent. */
export async function burst(world: World, brand: Brand, count: number): Promise<void> {
  const { sessionToken } = brand.team;
  await world.change(brand, Array<EventType>(count).fill("lead.created"), async () => {
    for (let n = 0; n < count; n++) {
      const name = `Lead ${world.next()}`;
      await world.t.mutation(api.leads.create, { sessionToken, brandId: brand.brandId, name });
    }
  });
}

/** A mutation that fails after the product's own has made its change within it. */
export async function aborted(world: World, brand: Brand): Promise<void> {
  const { brandId, team } = brand;
  await world.change(brand, [], async () => {
    const aborts = world.t.mutation(async (ctx) => {
      await ctx.runMutation(api.leads.create, { sessionToken: team.sessionToken, brandId, name: "Aborted" });
      throw new Error("aborted");
    });
    await aborts.catch(() => null);
  });
}
