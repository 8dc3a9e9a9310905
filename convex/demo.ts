/** A workspace with months of made-up conversations, for looking at every screen full: `npm run demo`. */
import { v } from "convex/values";
import { api, internal } from "./_generated/api";
import { internalAction, internalOperatorMutation } from "./functions";
import { DEMO_BRANDS, chatsOfDay, chatsOfNow } from "./logic/demoStory";
import { WIDGET_ID_BYTES, formatWidgetId } from "./logic/tokens";
import { DEMO_TEAM, endDemo, setDemoScene, tellChats } from "./model/demo";
import { checkProvisionInput, provisionWorkspace, randomHex } from "./model/provisioning";
import type { EventType } from "./validators";

const DAY = 24 * 60 * 60 * 1000;
const VISITOR_KEY_BYTES = 32;
/** More than the chats of any day. */
const KEYS_PER_DAY = 12;
const newVisitorKeys = (): string[] =>
  Array.from({ length: KEYS_PER_DAY }, () => `v_${randomHex(VISITOR_KEY_BYTES)}`);
const OWNER = { name: "Maja Lindqvist", email: "maja@demo.example" };
/** No network has it, so that the event log has failures of its own. */
const DEAD_ENDPOINT = {
  url: "https://crm.example.com/praxtalk",
  events: ["conversation.created", "message.created", "lead.created"] satisfies EventType[],
};

/** Programs that the team lets in. Nobody knows their secrets. */
const KEYS = [
  { name: "CRM sync", scope: "write" as const },
  { name: "Nightly export", scope: "read" as const },
];
const TOKEN_DAYS = 90;
const TOKEN = { name: "Order lookup", access: "read" as const, brands: "all" as const };

/**
 * Makes the workspace and its history, a day at a time. Refused where there is a workspace already: nothing of this belongs
 * beside people's own conversations. The same seed tells the same stories, up to the day on which it is run.
 */
export const seed = internalAction({
  args: { password: v.string(), seed: v.number(), days: v.number() },
  returns: v.object({ email: v.string(), widgetId: v.string() }),
  handler: async (ctx, { password, seed, days }): Promise<{ email: string; widgetId: string }> => {
    const input = checkProvisionInput({
      workspace: { field: "workspace", text: "Nordhavn Supply" },
      name: { field: "name", text: OWNER.name },
      email: { field: "email", text: OWNER.email },
      password: { field: "password", text: password },
    });
    const { sessionToken, widgetId } = await provisionWorkspace(ctx, input, { onlyFirst: true });
    const widgetIds = DEMO_BRANDS.map(() =>
      formatWidgetId(crypto.getRandomValues(new Uint8Array(WIDGET_ID_BYTES))),
    );
    await ctx.runMutation(internal.demo.setScene, { sessionToken, widgetIds });
    const today = Math.floor(Date.now() / DAY) * DAY;
    for (let day = 0; day <= days; day++) {
      if (day === days) await ctx.runAction(api.webhooks.create, { sessionToken, ...DEAD_ENDPOINT });
      const dayStart = today - (days - day) * DAY;
      const visitorKeys = newVisitorKeys();
      await ctx.runMutation(internal.demo.tellDay, { sessionToken, seed, day, dayStart, visitorKeys });
    }
    await ctx.runMutation(internal.demo.tellNow, { sessionToken, seed, visitorKeys: newVisitorKeys() });
    for (const key of KEYS) await ctx.runAction(api.apiKeys.create, { sessionToken, ...key });
    const expiresAt = Date.now() + TOKEN_DAYS * DAY;
    await ctx.runAction(api.agentTokens.create, { sessionToken, ...TOKEN, expiresAt });
    const tokenHash = randomHex(VISITOR_KEY_BYTES); // of no invite's link: nobody opens it
    const brandId = await ctx.runMutation(internal.demo.setDesk, { sessionToken, tokenHash });
    await ctx.runMutation(api.atlas.runEvaluation, { sessionToken, brandId });
    return { email: OWNER.email, widgetId };
  },
});

/** The team, the brands and what else is there before anybody writes. */
export const setScene = internalOperatorMutation({
  args: { widgetIds: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { widgetIds }) => {
    await setDemoScene(ctx, ctx.operator, { widgetIds, now: Date.now() });
    return null;
  },
});

/** One day's chats. */
export const tellDay = internalOperatorMutation({
  args: { seed: v.number(), day: v.number(), dayStart: v.number(), visitorKeys: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { seed, day, dayStart, visitorKeys }) => {
    const weekday = new Date(dayStart).getUTCDay();
    const chats = chatsOfDay(seed, day, { weekday, team: DEMO_TEAM });
    await tellChats(ctx, ctx.operator, { chats, dayStart, now: Date.now(), visitorKeys });
    return null;
  },
});

/** The chats that go on at the moment. */
export const tellNow = internalOperatorMutation({
  args: { seed: v.number(), visitorKeys: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { seed, visitorKeys }) => {
    const now = Date.now();
    await tellChats(ctx, ctx.operator, {
      chats: chatsOfNow(seed, DEMO_TEAM),
      dayStart: now,
      now,
      visitorKeys,
    });
    return null;
  },
});

/** What the team has on its desk beside the conversations. */
export const setDesk = internalOperatorMutation({
  args: { tokenHash: v.string() },
  returns: v.id("brands"),
  handler: async (ctx, { tokenHash }) => await endDemo(ctx, ctx.operator, { tokenHash, now: Date.now() }),
});
