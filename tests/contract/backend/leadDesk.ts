import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, startChat } from "./backend";
import type { Brand, Operator, Workspace } from "./backend";

type Fields = { name: string; email?: string; phone?: string; notes?: string; status?: "new" | "won" };
type Asked = { status?: "new" | "won"; assignee?: string | null; brandId?: string };
const as = ({ sessionToken }: { sessionToken: string }) => ({ sessionToken });

/** The rights of other brands and workspaces are those of all leads: leads.ts has their cases. */
export function leadDeskCases(world: World): void {
  describe("the leads page", () => {
    let team: Workspace;
    let brand: Brand;
    let agent: Operator; // of the brand alone
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Leads");
      brand = await makeBrand(world.backend, team);
      agent = await makeOperator(world.backend, team, { name: "Bo", brandAccess: [brand.brandId] });
    });

    async function create(fields: Fields, brandId: Id<"brands"> = brand.brandId): Promise<Id<"leads">> {
      const { leadId } = await world.backend.mutation(api.leads.create, { ...as(team), ...fields, brandId });
      return leadId;
    }
    const read = (leadId: string) => world.backend.query(api.leads.getById, { ...as(team), leadId });

    async function names(who: Workspace | Operator, asked: Asked, order: "asc" | "desc" = "desc") {
      const found: string[] = [];
      for (let cursor: string | null = null, isDone = false; !isDone;) {
        const result: Page = await world.backend.query(api.leads.listPage, {
          ...as(who),
          ...asked,
          order,
          paginationOpts: { numItems: 2, cursor },
        });
        found.push(...result.page.map(({ name }) => name));
        ({ isDone, continueCursor: cursor } = result);
      }
      return found;
    }
    type Page = { page: { name: string }[]; isDone: boolean; continueCursor: string };

    it("lists by status, owner and brand in pages, to each operator their own brands", async () => {
      const alone = await makeWorkspace(world.backend, "Listed");
      const [one, two] = [await makeBrand(world.backend, alone), await makeBrand(world.backend, alone)];
      const third = await makeBrand(world.backend, alone);
      const limited = await makeOperator(world.backend, alone, { brandAccess: [one.brandId, two.brandId] });
      const rows = [
        { name: "a", brandId: one.brandId, status: "new", owner: null },
        { name: "b", brandId: two.brandId, status: "won", owner: limited.operatorId },
        { name: "c", brandId: one.brandId, status: "won", owner: limited.operatorId },
        { name: "d", brandId: two.brandId, status: "new", owner: limited.operatorId },
        { name: "e", brandId: third.brandId, status: "won", owner: null },
      ] as const;
      for (const { name, brandId, status, owner } of rows) {
        const fields = { ...as(alone), name, brandId, status };
        const { leadId } = await world.backend.mutation(api.leads.create, fields);
        const operatorId = owner;
        await world.backend.mutation(api.leads.assign, { ...as(alone), leadId, operatorId });
        await world.backend.patch("leads", leadId, { updatedAt: name.charCodeAt(0) });
      }
      // Those that were removed are in no list that has the others.
      for (const each of await world.backend.rows("leads")) {
        const { _id, _creationTime, ...lead } = each;
        const gone = { ...lead, name: `removed ${lead.name}`, removedAt: Date.now() };
        if (lead.workspaceId === alone.workspaceId) await world.backend.insert("leads", gone);
      }
      const owner = limited.operatorId;
      const mine = (each: (typeof rows)[number]) => each.brandId !== third.brandId;
      const filters: { asked: Asked; keep: (each: (typeof rows)[number]) => boolean }[] = [
        { asked: {}, keep: () => true },
        { asked: { status: "won" }, keep: ({ status }) => status === "won" },
        { asked: { assignee: owner }, keep: (each) => each.owner === owner },
        { asked: { assignee: null }, keep: (each) => each.owner === null },
        {
          asked: { status: "won", assignee: owner },
          keep: (each) => each.status === "won" && each.owner === owner,
        },
        { asked: { assignee: "nonsense" }, keep: () => false },
      ];
      for (const { asked, keep } of filters) {
        const wanted = rows.filter(keep);
        const all = wanted.map(({ name }) => name);
        expect(await names(alone, asked, "asc"), JSON.stringify(asked)).toEqual(all);
        expect(await names(alone, asked)).toEqual([...all].reverse());
        expect(await names(limited, asked, "asc")).toEqual(wanted.filter(mine).map(({ name }) => name));
        const ofOne = wanted.filter(({ brandId }) => brandId === one.brandId).map(({ name }) => name);
        expect(await names(limited, { ...asked, brandId: one.brandId }, "asc")).toEqual(ofOne);
        expect(await names(limited, { ...asked, brandId: third.brandId })).toEqual([]);
      }
      expect(await names(world.rival, { brandId: one.brandId })).toEqual([]);
    });

    it("names an owner who may see the lead, and refuses any other", async () => {
      const leadId = await create({ name: "Owned" });
      const stranger = await makeOperator(world.backend, team, { brandAccess: [] });
      const assign = (operatorId: string | null) =>
        world.backend.mutation(api.leads.assign, { ...as(agent), leadId, operatorId });
      for (const operatorId of [stranger.operatorId, world.rival.operatorId, "nonsense"]) {
        await expectRefusal(assign(operatorId), "VALIDATION");
      }
      await assign(agent.operatorId);
      expect(await read(leadId)).toMatchObject({ assignedTo: { _id: agent.operatorId, name: "Bo" } });
      await assign(null);
      expect(await read(leadId)).toMatchObject({ assignedTo: null });
    });

    it("makes a conversation's lead once, from what the visitor said", async () => {
      const { conversationId } = await startChat(world.backend, brand, { name: "Hannah Weiss" });
      const call = (who: Operator | Workspace) =>
        world.backend.mutation(api.leads.createFromConversation, { ...as(who), conversationId });
      const first = await call(agent);
      expect(first.isNew).toBe(true);
      expect(await read(first.leadId)).toMatchObject({
        name: "Hannah Weiss",
        email: "maya@example.com",
        phone: "+442079460958",
        conversationId,
        createdBy: agent.operatorId,
      });
      expect(await call(team)).toEqual({ leadId: first.leadId, isNew: false });
      await expectRefusal(call(world.rival), "NOT_FOUND");
      await world.backend.mutation(api.leads.remove, { ...as(team), leadId: first.leadId });
      expect(await call(agent)).toMatchObject({ isNew: true });
    });

    it("keeps remarks, which their author, owners and admins change", async () => {
      const leadId = await create({ name: "Remarked" });
      const other = await makeOperator(world.backend, team, { brandAccess: [brand.brandId] });
      const add = (who: Operator | Workspace, body: string) =>
        world.backend.mutation(api.leads.addRemark, { ...as(who), leadId, body });
      const { remarkId: first } = await add(agent, " Called, asks for a quote. ");
      const { remarkId: second } = await add(team, "Sent.");
      const list = (who: Operator | Workspace) =>
        world.backend.query(api.leads.listRemarks, { ...as(who), leadId });
      expect(await list(agent)).toMatchObject([
        { _id: second, body: "Sent.", operatorName: "Ada Lovelace", mayEdit: false },
        { _id: first, body: "Called, asks for a quote.", operatorName: "Bo", mayEdit: true },
      ]);
      expect(await read(leadId)).toMatchObject({ remarksCount: 2, latestRemark: { preview: "Sent." } });
      const update = (who: Operator | Workspace, remarkId: string) =>
        world.backend.mutation(api.leads.updateRemark, { ...as(who), remarkId, body: "Changed" });
      await expectRefusal(update(agent, second), "FORBIDDEN");
      await expectRefusal(update(other, first), "FORBIDDEN");
      await expectRefusal(update(world.rival, first), "NOT_FOUND");
      await update(team, first);
      expect((await list(agent))[1]).toMatchObject({
        body: "Changed",
        updatedAt: expect.any(Number) as number,
      });
      await world.backend.mutation(api.leads.deleteRemark, { ...as(team), remarkId: second });
      expect(await read(leadId)).toMatchObject({ remarksCount: 1, latestRemark: { preview: "Changed" } });
      await expectRefusal(add(agent, "  "), "VALIDATION");
      expect(await list(world.rival)).toEqual([]);
    });

    it("removes so that nothing shows it, and restores it whole", async () => {
      const { conversationId } = await startChat(world.backend, brand);
      const { leadId } = await world.backend.mutation(api.leads.createFromConversation, {
        ...as(team),
        conversationId,
      });
      const before = await read(leadId);
      const leadIds = [leadId];
      await expectRefusal(
        world.backend.mutation(api.leadDesk.removeMany, { ...as(agent), leadIds }),
        "FORBIDDEN",
      );
      await world.backend.mutation(api.leadDesk.removeMany, { ...as(team), leadIds });
      expect(await read(leadId)).toBeNull();
      expect(await names(team, {})).not.toContain("Maya");
      const args = { ...as(team), conversationId };
      expect(await world.backend.query(api.leads.findByConversation, args)).toBeNull();
      const same = { ...as(team), email: "maya@example.com" };
      expect((await world.backend.query(api.leadDesk.findSame, same)).map(({ _id }) => _id)).not.toContain(
        leadId,
      );
      await expectRefusal(
        world.backend.mutation(api.leadDesk.restore, { ...as(agent), leadIds }),
        "FORBIDDEN",
      );
      await expectRefusal(
        world.backend.mutation(api.leadDesk.restore, { ...as(world.rival), leadIds }),
        "NOT_FOUND",
      );
      await world.backend.mutation(api.leadDesk.restore, { ...as(team), leadIds });
      expect(await read(leadId)).toEqual(before);
    });

    it("tells of leads of the same person, and merges two of a brand", async () => {
      const own = { email: "same@example.com", phone: "+442079460111" };
      const kept = await create({ name: "Kept", email: own.email, notes: "First" });
      const other = await create({ name: "Other", ...own, notes: "Second" });
      const elsewhere = await create({ name: "Elsewhere", phone: own.phone }, team.brandId);
      const find = (
        who: Operator | Workspace,
        contact: { email?: string; phone?: string; exceptId?: string },
      ) =>
        world.backend
          .query(api.leadDesk.findSame, { ...as(who), ...contact })
          .then((found) => found.map(({ _id }) => _id));
      expect(await find(team, { email: " SAME@example.com" })).toEqual([kept, other]);
      expect(await find(team, { phone: "0044 20 7946 0111", exceptId: other })).toEqual([elsewhere]);
      expect(await find(agent, { phone: own.phone })).toEqual([other]);
      expect(await find(agent, { email: "not an address" })).toEqual([]);
      expect(await find(world.rival, own)).toEqual([]);
      const leadIds = [kept, other, elsewhere, await create({ name: "Alone" })];
      const asked = { ...as(team), leadIds };
      expect(await world.backend.query(api.leadDesk.listDuplicated, asked)).toEqual([kept, other, elsewhere]);

      await world.backend.mutation(api.leads.addRemark, {
        ...as(agent),
        leadId: other,
        body: "From the other",
      });
      const merge = (who: Operator | Workspace, leadId: string, otherId: string) =>
        world.backend.mutation(api.leadDesk.merge, { ...as(who), leadId, otherId });
      await expectRefusal(merge(agent, kept, other), "FORBIDDEN");
      await expectRefusal(merge(team, kept, kept), "VALIDATION");
      await expectRefusal(merge(team, kept, elsewhere), "VALIDATION");
      await merge(team, kept, other);
      expect(await read(other)).toBeNull();
      expect(await read(kept)).toMatchObject({
        ...own,
        name: "Kept",
        notes: "First\n\nSecond",
        remarksCount: 1,
        latestRemark: { preview: "From the other" },
      });
    });

    it("changes many at once, all or none", async () => {
      const leadIds = [await create({ name: "m1" }), await create({ name: "m2" })];
      const change = (ids: string[], operatorId?: string) =>
        world.backend.mutation(api.leadDesk.updateMany, {
          ...as(agent),
          changes: ids.map((leadId) => ({ leadId, status: "won" as const, operatorId })),
        });
      await expectRefusal(change([...leadIds, "nonsense"]), "NOT_FOUND");
      await expectRefusal(change(leadIds, world.rival.operatorId), "VALIDATION");
      expect(await Promise.all(leadIds.map(read))).toMatchObject([{ status: "new" }, { status: "new" }]);
      await change(leadIds, agent.operatorId);
      const after = { status: "won", assignedTo: { _id: agent.operatorId } };
      expect(await Promise.all(leadIds.map(read))).toMatchObject([after, after]);
      await expectRefusal(change(Array.from({ length: 101 }, () => "x")), "VALIDATION");
    });

    it("takes a file's rows once each, however often a batch is sent", async () => {
      const known = await create({ name: "Known", email: "known@example.com" });
      const rows = [
        { line: 2, name: "New one", email: "NewOne@example.com", status: "Won" },
        { line: 3, name: "Known, again", email: "known@example.com", phone: "" },
        { line: 4, name: "", email: "x@example.com" },
        { line: 5, name: "Bad phone", phone: "12" },
        { line: 6, name: "Same file", email: "newone@example.com" },
        { line: 7, name: "Bad status", status: "sold" },
      ];
      const send = (importId: string, duplicates: "skip" | "update") =>
        world.backend.mutation(api.leadDesk.importBatch, {
          ...as(agent),
          importId,
          brandId: brand.brandId,
          duplicates,
          rows,
        });
      const before = (await world.backend.rows("leads")).length;
      const wanted = [
        { line: 2, outcome: "created" },
        { line: 3, outcome: "skipped" },
        { line: 4, outcome: "refused", reason: "Enter a name." },
        { line: 5, outcome: "refused", reason: expect.stringContaining("country code") as string },
        { line: 6, outcome: "skipped" },
        { line: 7, outcome: "refused", reason: expect.stringContaining("new, contacted") as string },
      ];
      expect(await send("import-1", "skip")).toEqual(wanted);
      expect(await send("import-1", "skip")).toEqual(wanted);
      expect(await world.backend.rows("leads")).toHaveLength(before + 1);
      expect(await read(known)).toMatchObject({ name: "Known" });
      const events = (await world.backend.rows("events")).filter(({ payload }) =>
        payload.includes("New one"),
      );
      expect(events.map(({ type }) => type)).toEqual(["lead.created"]);

      expect(await send("import-2", "update")).toMatchObject([
        { outcome: "updated" },
        { outcome: "updated" },
        { outcome: "refused" },
        { outcome: "refused" },
        { outcome: "updated" },
        { outcome: "refused" },
      ]);
      expect(await read(known)).toMatchObject({ name: "Known, again" });
      expect(await world.backend.rows("leads")).toHaveLength(before + 1);
    });
  });
}

/** Where a search index passes over rows that lack its field: convex-test cannot. */
export function leadSearchCases(world: World): void {
  describe("the search of the leads page", () => {
    it("finds by name, email and phone within the filters", async () => {
      const team = await makeWorkspace(world.backend, "Searched leads");
      const brand = await makeBrand(world.backend, team);
      const agent = await makeOperator(world.backend, team, { brandAccess: [brand.brandId] });
      const create = async (fields: Fields, brandId: Id<"brands"> = brand.brandId) =>
        (await world.backend.mutation(api.leads.create, { ...as(team), ...fields, brandId })).leadId;
      const leadId = await create({
        name: "Quentin Zephyr",
        email: "qz@zephyr.example",
        phone: "+4915112345678",
      });
      await create({ name: "Quentin Zephyr" }, team.brandId);
      const find = async (query: string, asked: Asked = {}, who: Workspace | Operator = agent) => {
        const { rows } = await world.backend.query(api.leadDesk.search, { ...as(who), query, ...asked });
        return rows.map(({ _id }) => _id);
      };
      for (const query of ["zephyr", "quentin zep", "qz@zephyr.example", "+49 151 12345678"]) {
        expect(await find(query), query).toEqual([leadId]);
      }
      expect(await find("zephyr", {}, team)).toHaveLength(2);
      expect(await find("zephyr", { brandId: brand.brandId }, team)).toEqual([leadId]);
      expect(await find("zephyr", { status: "won" })).toEqual([]);
      expect(await find("zephyr", { status: "new", assignee: null })).toEqual([leadId]);
      expect(await find("zephyr", { assignee: agent.operatorId })).toEqual([]);
      expect(await find("zephyr", {}, world.rival)).toEqual([]);
      // By their name of now, with its accents or without.
      await world.backend.mutation(api.leads.update, {
        ...as(team),
        leadId,
        name: "José Núñez",
        email: null,
      });
      for (const query of ["jose nunez", "Núñez", "nun"]) expect(await find(query), query).toEqual([leadId]);
      expect(await find("zephyr")).toEqual([]);
      const other = { name: "Nuñez", email: "qz@zephyr.example" };
      await world.backend.mutation(api.leadDesk.merge, {
        ...as(team),
        leadId,
        otherId: await create(other),
      });
      expect(await find("qz@zephyr.example")).toEqual([leadId]);
      await world.backend.mutation(api.leads.remove, { ...as(team), leadId });
      expect(await find("nunez")).toEqual([]);
    });
  });
}
