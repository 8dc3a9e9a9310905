import { expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { PAGE_SIZE_MAX } from "../../../lib/limits";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const visitorKey = `v_${"0".repeat(64)}`;

it("is read back from any message on, page by page, without notes, by its visitor alone", async () => {
  const t = convexTestApp({ transactionLimits: true });
  const { widgetId, sessionToken } = await seedWorkspace(t, "acme");
  const visitor = { widgetId, visitorKey };
  const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, visitor);
  const COUNT = PAGE_SIZE_MAX + 50;
  for (let n = 1; n <= COUNT; n++) {
    const note = { sessionToken, conversationId, body: `${n}`, internal: n === 10 };
    await t.mutation(api.messages.send, note);
  }
  const before = (sequence: number, key = visitorKey) =>
    t.query(api.visitors.listMessagesBefore, { widgetId, visitorKey: key, conversationId, sequence });
  const newest = await before(COUNT + 1);
  expect(newest.page).toHaveLength(PAGE_SIZE_MAX);
  expect([newest.page[0]?.sequence, newest.isDone]).toEqual([COUNT, false]);
  const rest = await before(newest.page.at(-1)!.sequence);
  expect(rest.isDone).toBe(true);
  expect(rest.page.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 50 }, (_, index) => 50 - index).filter((sequence) => sequence !== 10),
  );
  expect(await before(COUNT, `v_${"1".repeat(64)}`)).toEqual({ page: [], isDone: true });
});
