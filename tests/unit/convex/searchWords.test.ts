import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import type { TableNames } from "../../../convex/_generated/dataModel";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const SEARCHED = ["visitors", "leads", "messages"] as const;

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

/** A workspace with rows of before there were any words: each chat brings a visitor and a message, each has a lead. */
async function scene(chats: number) {
  const t = convexTestApp({ transactionLimits: true });
  const { sessionToken, widgetId } = await seedWorkspace(t, "acme");
  for (let n = 0; n < chats; n++) {
    const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, {
      ...{ widgetId, visitorKey: `v_${n.toString(16).padStart(64, "0")}` },
      ...{ name: `Zoë ${n}`, email: `zoe${n}@acme.test`, phone: "+442079460958" },
      message: `Grüße aus Zürich ${n}`,
    });
    const phone = "+442079460958";
    const fields = { sessionToken, conversationId, name: `Zoë ${n}`, phone };
    await t.mutation(api.leads.create, fields);
  }
  await t.run(async ({ db }) => {
    for (const table of SEARCHED) {
      for (const { _id } of await db.query(table).collect()) await db.patch(_id, { searchWords: undefined });
    }
  });
  return { t, sessionToken };
}

type App = Awaited<ReturnType<typeof scene>>["t"];
const rows = <T extends TableNames>(t: App, table: T) => t.run(({ db }) => db.query(table).collect());
const wordsOf = async (t: App, table: (typeof SEARCHED)[number]) =>
  (await rows(t, table)).map(({ searchWords }) => searchWords);
const jobs = (t: App) => t.run(({ db }) => db.system.query("_scheduled_functions").collect());

it("rows of before get their words once, and are found from then on", async () => {
  const { t, sessionToken } = await scene(25);
  await t.mutation(internal.searchWords.sweep, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  for (const table of SEARCHED) expect(await wordsOf(t, table), table).not.toContain(undefined);
  const all = { sessionToken, limit: 100 };
  const { messages } = await t.query(api.search.all, { ...all, query: "grusse zurich 24" });
  expect(messages.rows[0]?.snippet.text).toBe("Grüße aus Zürich 24");
  const { people } = await t.query(api.search.all, { ...all, query: "zoe 24" });
  expect(people.rows[0]?.name?.text).toBe("Zoë 24");
  const leads = await t.query(api.leadDesk.search, { sessionToken, query: "zoe 24" });
  expect(leads.rows[0]?.name).toBe("Zoë 24");

  vi.setSystemTime(NOW + 10 * MINUTE);
  const before = (await jobs(t)).length;
  await t.mutation(internal.searchWords.sweep, {});
  expect(await jobs(t)).toHaveLength(before);
});

it("a backfill that was cut off is taken up where it was, and one that runs is left alone", async () => {
  const { t } = await scene(25);
  await t.mutation(internal.searchWords.backfill, {}); // its next run is planned, and does not come yet
  const [oldest] = await rows(t, "visitors");
  expect(oldest?.searchWords).toBeUndefined();
  const filled = (await wordsOf(t, "visitors")).filter((words) => words !== undefined).length;
  expect(filled).toBeGreaterThan(0);
  const planned = (await jobs(t)).length;
  await t.mutation(internal.searchWords.sweep, {});
  expect(await jobs(t)).toHaveLength(planned);

  await t.run(async ({ db, scheduler }) => {
    for (const { _id } of await db.system.query("_scheduled_functions").collect())
      await scheduler.cancel(_id);
  });
  // Where it was: what lies behind is not visited again.
  const newest = (await rows(t, "visitors")).at(-1);
  if (newest === undefined) throw new Error("There is no visitor.");
  await t.run(({ db }) => db.patch("visitors", newest._id, { searchWords: undefined }));
  vi.setSystemTime(NOW + 2 * MINUTE);
  await t.mutation(internal.searchWords.sweep, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const left = (await rows(t, "visitors")).filter(({ searchWords }) => searchWords === undefined);
  expect(left.map(({ _id }) => _id)).toEqual([newest._id]);
  expect(await wordsOf(t, "messages")).not.toContain(undefined);
});

it("the longest messages that there may be are filled in within what a transaction may read and write", async () => {
  const { t, sessionToken } = await scene(1);
  const [message] = await rows(t, "messages");
  if (message === undefined) throw new Error("There is no message.");
  const { _id, _creationTime, ...fields } = message;
  // Letters of three bytes, in words of two.
  const body = Array.from({ length: 3_333 }, (_, n) => String.fromCodePoint(0x4e00 + n, 0x4e01 + n)).join(
    " ",
  );
  for (let n = 0; n < 100; n++) {
    await t.run(({ db }) => db.insert("messages", { ...fields, body, sequence: n + 2 }));
  }
  await t.mutation(internal.searchWords.sweep, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await wordsOf(t, "messages")).not.toContain(undefined);
  const { messages } = await t.query(api.search.all, { sessionToken, query: body.slice(0, 5), limit: 1 });
  expect([messages.rows.length, messages.hasMore]).toEqual([1, true]);
});
