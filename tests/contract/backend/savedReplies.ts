import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { SAVED_REPLIES_MAX } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace } from "./backend";

export function savedReplyCases(world: World): void {
  const { savedReplies } = api;
  type Auth = { sessionToken: string };
  type Fields = { title?: string; body?: string; shortcut?: string; brandId?: string };
  const list = ({ sessionToken }: Auth, brandId?: string) =>
    world.backend.query(savedReplies.list, { sessionToken, brandId });
  const create = ({ sessionToken }: Auth, fields: Fields = {}) =>
    world.backend.mutation(savedReplies.create, { sessionToken, title: "Hi", body: "Hello", ...fields });
  type Changes = Partial<Record<"shortcut" | "brandId", string | null>> & { title?: string; body?: string };
  const update = ({ sessionToken }: Auth, savedReplyId: string, fields: Changes) =>
    world.backend.mutation(savedReplies.update, { sessionToken, savedReplyId, ...fields });
  const remove = ({ sessionToken }: Auth, savedReplyId: string) =>
    world.backend.mutation(savedReplies.remove, { sessionToken, savedReplyId });
  const workspace = () => makeWorkspace(world.backend, "Replies");

  describe("a saved reply", () => {
    it("is listed by title, with what was given", async () => {
      const own = await workspace();
      await create(own, {
        title: "  Shipping ",
        body: "Two days,\r\n{{visitor.name|there}}.",
        shortcut: "/Ship_2",
      });
      await create(own, { title: "Apology" });
      expect(await list(own)).toMatchObject([
        { title: "Apology", body: "Hello", shortcut: null, brandId: null, brandName: null, mayEdit: true },
        { title: "Shipping", body: "Two days,\n{{visitor.name|there}}.", shortcut: "ship_2" },
      ]);
    });

    it("of a brand shows beside those for all, and not with another brand", async () => {
      const own = await workspace();
      const second = await makeBrand(world.backend, own);
      await create(own, { title: "A" });
      await create(own, { title: "B", brandId: own.brandId });
      await create(own, { title: "C", brandId: second.brandId });
      const titles = async (brandId?: string) => (await list(own, brandId)).map(({ title }) => title);
      expect(await titles()).toEqual(["A", "B", "C"]);
      expect(await titles(own.brandId)).toEqual(["A", "B"]);
      expect(await titles(second.brandId)).toEqual(["A", "C"]);
      expect(await titles("nonsense")).toEqual([]);
      expect((await list(own))[2]).toMatchObject({ brandId: second.brandId, brandName: "Second brand" });
    });

    it("changes in what is given alone", async () => {
      const own = await workspace();
      const { savedReplyId } = await create(own, { shortcut: "hi", brandId: own.brandId });
      await update(own, savedReplyId, { body: "Good day" });
      expect(await list(own)).toMatchObject([
        { title: "Hi", body: "Good day", shortcut: "hi", brandId: own.brandId },
      ]);
      await update(own, savedReplyId, { title: "Day", shortcut: null, brandId: null });
      expect(await list(own)).toMatchObject([{ title: "Day", shortcut: null, brandId: null }]);
      await remove(own, savedReplyId);
      expect(await list(own)).toEqual([]);
      await expectRefusal(remove(own, savedReplyId), "NOT_FOUND");
    });

    it("has its shortcut to itself, in its brand or among those for all", async () => {
      const own = await workspace();
      const { savedReplyId } = await create(own, { shortcut: "hi" });
      await expect(create(own, { shortcut: "/HI" })).rejects.toMatchObject({
        data: { code: "CONFLICT", field: "shortcut" },
      });
      const other = await create(own, { shortcut: "hi", brandId: own.brandId });
      await expectRefusal(update(own, other.savedReplyId, { brandId: null }), "CONFLICT");
      await update(own, savedReplyId, { shortcut: "hi", title: "Same" });
      await remove(own, savedReplyId);
      await update(own, other.savedReplyId, { brandId: null });
    });

    it("is changed by who wrote it, an owner or an admin", async () => {
      const own = await workspace();
      const [writer, agent] = [
        await makeOperator(world.backend, own),
        await makeOperator(world.backend, own),
      ];
      const admin = await makeOperator(world.backend, own, { role: "admin" });
      const { savedReplyId } = await create(writer);
      for (const call of [update(agent, savedReplyId, { title: "No" }), remove(agent, savedReplyId)]) {
        await expectRefusal(call, "FORBIDDEN");
      }
      expect(await list(agent)).toMatchObject([{ title: "Hi", mayEdit: false }]);
      await update(writer, savedReplyId, { title: "Mine" });
      await update(own, savedReplyId, { title: "Owner's" });
      await update(admin, savedReplyId, { title: "Admin's" });
      expect(await list(writer)).toMatchObject([{ title: "Admin's", mayEdit: true }]);
      await remove(admin, savedReplyId);
    });

    it("stays within the brands that an operator works for", async () => {
      const own = await workspace();
      const second = await makeBrand(world.backend, own);
      const here = await makeOperator(world.backend, own, { role: "admin", brandAccess: [own.brandId] });
      const forAll = await create(own, { title: "All" });
      const there = await create(own, { title: "There", brandId: second.brandId });
      await create(here, { title: "Here", brandId: own.brandId });
      expect((await list(here)).map(({ title, mayEdit }) => [title, mayEdit])).toEqual([
        ["All", false],
        ["Here", true],
      ]);
      expect(await list(here, second.brandId)).toEqual([]);
      await expectRefusal(create(here), "FORBIDDEN");
      await expectRefusal(create(here, { brandId: second.brandId }), "NOT_FOUND");
      await expectRefusal(update(here, there.savedReplyId, { title: "x" }), "NOT_FOUND");
      await expectRefusal(update(here, forAll.savedReplyId, { title: "x" }), "FORBIDDEN");
    });

    it("is nobody else's to see or touch", async () => {
      const own = await workspace();
      const { savedReplyId } = await create(own);
      expect(await list(world.rival)).not.toContainEqual(expect.objectContaining({ _id: savedReplyId }));
      await expectRefusal(update(world.rival, savedReplyId, { title: "x" }), "NOT_FOUND");
      await expectRefusal(remove(world.rival, savedReplyId), "NOT_FOUND");
      await expectRefusal(create(world.rival, { brandId: own.brandId }), "NOT_FOUND");
      await expectRefusal(remove(own, "nonsense"), "NOT_FOUND");
    });

    it.each([
      ["title", { title: " " }],
      ["title", { title: "x".repeat(81) }],
      ["body", { body: " \n" }],
      ["body", { body: "x".repeat(5001) }],
      ["body", { body: "Hi {{visitor.nmae}}" }],
      ["shortcut", { shortcut: "a" }],
      ["shortcut", { shortcut: "with space" }],
      ["shortcut", { shortcut: "x".repeat(31) }],
    ])("whose %s cannot be is refused by name: %j", async (field, fields) => {
      await expect(create(world.acme, fields)).rejects.toMatchObject({ data: { code: "VALIDATION", field } });
    });

    it("is one of at most 500", async () => {
      const own = await workspace();
      const now = Date.now();
      for (let n = 0; n < SAVED_REPLIES_MAX; n++) {
        const row = { title: `t${n}`, body: "b", createdBy: own.operatorId, createdAt: now, updatedAt: now };
        await world.backend.insert("savedReplies", { workspaceId: own.workspaceId, ...row });
      }
      expect(await list(own)).toHaveLength(SAVED_REPLIES_MAX);
      await expectRefusal(create(own), "CONFLICT");
    });
  });
}
