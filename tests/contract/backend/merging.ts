import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { World } from "../backend.cases";
import { eventually } from "./hooks";
import { eventsOf, expectRefusal, makeBrand, newVisitorKey, startChat } from "./backend";

/** Messages of each conversation: together more than one page of a merge. */
const COUNT = 30;

export function mergeCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const merge = (conversationId: string, into: string) =>
    world.backend.mutation(api.conversations.merge, { ...owner(), conversationId, into });

  /** Two conversations of one visitor in which messages were written by turns. */
  async function byTurns() {
    const brand = await makeBrand(world.backend, world.acme);
    const visitorKey = newVisitorKey();
    const first = await startChat(world.backend, brand, { visitorKey, message: "0" });
    const resolved = { ...owner(), conversationId: first.conversationId, status: "resolved" as const };
    await world.backend.mutation(api.conversations.setStatus, resolved);
    const second = await startChat(world.backend, brand, { visitorKey, message: "1" });
    for (let n = 2; n < 2 * COUNT; n++) {
      const { conversationId } = n % 2 === 0 ? first : second;
      await world.backend.mutation(api.messages.send, { ...owner(), conversationId, body: `${n}` });
    }
    return { first, second };
  }

  const bodies = async (conversationId: Id<"conversations">) =>
    (
      await world.backend.query(api.messages.listByConversation, { ...owner(), conversationId, limit: 500 })
    ).map(({ body }) => body);

  describe("merged conversations", () => {
    it("end as one in the order of time, which their visitor goes on in by either id", async () => {
      const { first, second } = await byTurns();
      await merge(first.conversationId, second.conversationId);
      await merge(first.conversationId, second.conversationId);
      await expectRefusal(merge(second.conversationId, first.conversationId), "CONFLICT");
      const { conversationId, widgetId, visitorKey } = first;
      const say = { widgetId, visitorKey, conversationId, body: "still here" };
      await world.backend.mutation(api.visitors.sendVisitorMessage, say);
      await eventually(async () => {
        expect((await eventsOf(world.backend, conversationId)).at(-1)?.type).toBe("conversation.merged");
      });
      const thread = await bodies(second.conversationId);
      expect(thread.slice(0, -2)).toEqual(Array.from({ length: 2 * COUNT }, (_, n) => `${n}`));
      expect(thread.at(-1)).toBe("still here");
      expect(await bodies(conversationId)).toEqual([]);
      const seen = await world.backend.query(api.visitors.listMessagesForVisitor, {
        ...{ widgetId, visitorKey, conversationId },
      });
      expect(seen.map(({ sequence }) => sequence)).toEqual(
        [...Array(2 * COUNT + 2).keys()].map((n) => n + 1).filter((n) => n !== 2 * COUNT + 1),
      );
      const row = await world.backend.query(api.conversations.getById, { ...owner(), conversationId });
      expect(row).toMatchObject({ status: "closed", mergedInto: second.conversationId });
    });
  });
}
