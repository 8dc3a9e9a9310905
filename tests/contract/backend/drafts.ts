import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { DRAFT_MAX } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, startChat } from "./backend";
import type { Chat } from "./backend";

export function draftCases(world: World): void {
  const { messageDrafts, messages } = api;
  type Auth = { sessionToken: string };
  const owner = (): Auth => ({ sessionToken: world.acme.sessionToken });
  const chat = () => startChat(world.backend, world.acme);
  const get = ({ conversationId }: Chat, { sessionToken }: Auth = owner()) =>
    world.backend.query(messageDrafts.get, { sessionToken, conversationId });
  const listMine = ({ sessionToken }: Auth = owner()) =>
    world.backend.query(messageDrafts.listMine, { sessionToken });
  type Text = { mode?: "reply" | "note"; reply?: string; note?: string };
  const keep = ({ conversationId }: Chat, text: Text, { sessionToken }: Auth = owner()) =>
    world.backend.mutation(messageDrafts.upsert, {
      mode: "reply",
      reply: "",
      note: "",
      sessionToken,
      conversationId,
      ...text,
    });
  const remove = ({ conversationId }: Chat, { sessionToken }: Auth = owner()) =>
    world.backend.mutation(messageDrafts.remove, { sessionToken, conversationId });
  const rowsOf = async ({ conversationId }: Chat) =>
    (await world.backend.rows("messageDrafts")).filter((row) => row.conversationId === conversationId);
  const send = ({ conversationId }: Chat, body: string, internal = false) =>
    world.backend.mutation(messages.send, { ...owner(), conversationId, body, internal });

  describe("a draft", () => {
    it("is the newest text of each kind, with a time that grows", async () => {
      const c = await chat();
      expect(await get(c)).toBeNull();
      const first = await keep(c, { reply: "  half a sen" });
      const second = await keep(c, { mode: "note", reply: "half a sentence ", note: "ask" });
      expect(second).toBeGreaterThan(first!);
      expect(await get(c)).toEqual({
        mode: "note",
        reply: "half a sentence ",
        note: "ask",
        updatedAt: second,
      });
      expect(await rowsOf(c)).toHaveLength(1);
    });

    it("leaves no row when both texts are empty, or when it is thrown away", async () => {
      const c = await chat();
      await keep(c, { reply: "x" });
      expect(await keep(c, {})).toBeNull();
      expect(await keep(c, {})).toBeNull();
      expect(await get(c)).toBeNull();
      await keep(c, { note: "y" });
      await remove(c);
      await remove(c);
      expect(await rowsOf(c)).toEqual([]);
    });

    it("is one operator's own", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const c = await chat();
      await keep(c, { reply: "mine" });
      expect(await get(c, grace)).toBeNull();
      await keep(c, { reply: "hers" }, grace);
      expect(await get(c)).toMatchObject({ reply: "mine" });
      expect(await listMine(grace)).toEqual([
        { conversationId: c.conversationId, hasReply: true, hasNote: false },
      ]);
      await remove(c, grace);
      expect(await get(c)).toMatchObject({ reply: "mine" });
    });

    it("is told of by conversation", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const [a, b] = [await chat(), await chat()];
      await keep(a, { reply: "a" }, grace);
      await keep(b, { mode: "note", note: "b" }, grace);
      await keep(a, { reply: "a again", note: "both" }, grace);
      const listed = await listMine(grace);
      expect(listed).toHaveLength(2);
      expect(listed).toContainEqual({ conversationId: a.conversationId, hasReply: true, hasNote: true });
      expect(listed).toContainEqual({ conversationId: b.conversationId, hasReply: false, hasNote: true });
    });

    it("ends with its message, whose text it may lag behind; the other kind stays", async () => {
      const c = await chat();
      await keep(c, { reply: " On two no", note: "ask Tomás" });
      await send(c, "On two notes.");
      expect(await get(c)).toMatchObject({ reply: "", note: "ask Tomás" });
      await send(c, "ask Tomás", true);
      expect(await get(c)).toBeNull();
    });

    it("stays when another text was sent", async () => {
      const c = await chat();
      await keep(c, { reply: "The next answer" });
      await send(c, "On two notes.");
      await send(c, "The next answer", true);
      expect(await get(c)).toMatchObject({ reply: "The next answer" });
    });

    it("of a conversation that the operator may not see does not exist", async () => {
      const c = await chat();
      await keep(c, { reply: "mine" });
      const rival = { sessionToken: world.rival.sessionToken };
      const other = await makeBrand(world.backend, world.acme);
      const elsewhere = await makeOperator(world.backend, world.acme, { brandAccess: [other.brandId] });
      for (const auth of [rival, elsewhere]) {
        expect(await get(c, auth)).toBeNull();
        await expectRefusal(keep(c, { reply: "x" }, auth), "NOT_FOUND");
        await expectRefusal(remove(c, auth), "NOT_FOUND");
      }
      const moved = await makeOperator(world.backend, world.acme);
      await keep(c, { reply: "soon gone" }, moved);
      await world.backend.patch("operators", moved.operatorId, { brandAccess: [other.brandId] });
      expect(await listMine(moved)).toEqual([]);
      await expectRefusal(keep({ ...c, conversationId: "x" as never }, { reply: "x" }), "NOT_FOUND");
    });

    it("that cannot be kept changes nothing", async () => {
      const c = await chat();
      await keep(c, { reply: "r".repeat(DRAFT_MAX) });
      for (const field of ["reply", "note"] as const) {
        await expect(keep(c, { [field]: "x".repeat(DRAFT_MAX + 1) })).rejects.toMatchObject({
          data: { code: "VALIDATION", field },
        });
      }
      expect((await get(c))?.reply).toHaveLength(DRAFT_MAX);
    });
  });
}
