import { expect, describe, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id, TableNames } from "../../../convex/_generated/dataModel";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, newClientId, startChat } from "./backend";
import type { Chat, Workspace } from "./backend";

export function erasureCases(world: World): void {
  describe("erasing a person", () => {
    /** Everything that the deployment stores of the product, as one text. */
    const TABLES: TableNames[] = [
      "visitors",
      "conversations",
      "conversationTags",
      "messages",
      "messageDrafts",
      "readMarks",
      "visitorReads",
      "leads",
      "leadRemarks",
      "atlasRuns",
      "conversationMetrics",
      "events",
      "webhookDeliveries",
      "webhookAttempts",
      "notifications",
      "erasures",
      "auditLogs",
    ];
    const everything = async () =>
      JSON.stringify(
        await Promise.all(TABLES.map((table) => world.backend.rows(table))),
        (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
      );

    const visitorOf = async ({ conversationId }: Chat): Promise<Id<"visitors">> => {
      const rows = await world.backend.rows("conversations");
      const row = rows.find(({ _id }) => _id === conversationId);
      if (row === undefined) throw new Error("The conversation is not there.");
      return row.visitorId;
    };
    const write = (team: Workspace, { conversationId }: Chat, body: string, internal: boolean) =>
      world.backend.mutation(api.messages.send, {
        sessionToken: team.sessionToken,
        conversationId,
        body,
        internal,
        clientMessageId: newClientId(),
      });

    async function scene(name: string): Promise<{ team: Workspace; chat: Chat; mark: string }> {
      const team = await makeWorkspace(world.backend, name);
      const mark = `Zebedee${newClientId().slice(0, 12)}`;
      const chat = await startChat(world.backend, team, { name: mark, message: `I am ${mark}` });
      return { team, chat, mark };
    }

    it("leaves nothing of them and all of the others, and says what it deleted", async () => {
      const { team, chat, mark } = await scene("Erased");
      const owner = { sessionToken: team.sessionToken };
      const { conversationId } = chat;
      await world.backend.action(api.webhooks.create, {
        ...owner,
        url: "https://hooks.example.com/",
        events: ["message.created"],
      });
      for (let count = 0; count < 52; count++)
        await write(team, chat, `Answer ${count} for ${mark}`, count % 2 === 0);
      await world.backend.mutation(api.conversationTags.addTag, {
        ...owner,
        conversationId,
        tag: mark.toLowerCase(),
      });
      await world.backend.mutation(api.messageDrafts.upsert, {
        ...owner,
        conversationId,
        mode: "reply",
        reply: `Dear ${mark}`,
        note: "",
      });
      await world.backend.mutation(api.notifications.markRead, { ...owner, conversationId });
      await world.backend.mutation(api.leads.create, { ...owner, conversationId, name: mark });
      await world.backend.mutation(api.leads.create, {
        ...owner,
        brandId: team.brandId,
        name: `${mark} by hand`,
        email: "maya@example.com",
      });
      const { widgetId, visitorKey } = chat;
      await world.backend.mutation(api.visitors.requestHumanAgent, { widgetId, visitorKey, conversationId });
      const other = await startChat(world.backend, team, { name: "Olu", message: "I stay" });
      const visitorId = await visitorOf(chat);
      expect(await everything()).toContain(mark);

      await world.backend.mutation(api.erasures.start, { ...owner, visitorIds: [visitorId] });
      // They are gone at once, and can write no more.
      await expectRefusal(
        world.backend.mutation(api.visitors.sendVisitorMessage, {
          widgetId,
          visitorKey,
          conversationId,
          body: "hi",
        }),
        "NOT_FOUND",
      );
      await world.backend.advance(1_000);
      expect((await everything()).toLowerCase()).not.toContain(mark.toLowerCase());
      expect(await everything()).not.toContain(conversationId);
      const [erasure] = await world.backend.query(api.erasures.list, owner);
      expect(erasure).toMatchObject({
        operatorName: "Ada Lovelace",
        finishedAt: expect.any(Number) as number,
        counts: { people: 1, conversations: 1, messages: 54, files: 0, leads: 2, notifications: 1 },
      });
      expect(erasure?.counts.events).toBeGreaterThan(26);
      expect(
        await world.backend.query(api.conversations.getById, {
          ...owner,
          conversationId: other.conversationId,
        }),
      ).toMatchObject({
        visitor: { name: "Olu" },
      });
      const audit = await world.backend.rows("auditLogs");
      expect(
        audit.filter(
          ({ workspaceId, action }) => workspaceId === team.workspaceId && action === "person.erased",
        ),
      ).toMatchObject([{ target: "1 person" }]);
    });

    it("names others with the same address, who may go with them", async () => {
      const { team, chat } = await scene("Same address");
      const owner = { sessionToken: team.sessionToken };
      const brand = await makeBrand(world.backend, team, { name: "Other brand" });
      const namesake = await startChat(world.backend, brand);
      const [one, two] = [await visitorOf(chat), await visitorOf(namesake)];
      const same = await world.backend.query(api.erasures.listSame, { ...owner, visitorId: one });
      expect(same.map(({ visitorId, brandName }) => [visitorId, brandName])).toEqual([
        [one, "Same address"],
        [two, "Other brand"],
      ]);
      await world.backend.mutation(api.erasures.start, { ...owner, visitorIds: [two, two, one] });
      await world.backend.advance(1_000);
      expect((await world.backend.query(api.erasures.list, owner))[0]?.counts).toMatchObject({
        people: 2,
        conversations: 2,
      });
    });

    it("is for owners and admins, within their brands and workspace", async () => {
      const { team, chat } = await scene("Rights");
      const visitorId = await visitorOf(chat);
      const agent = await makeOperator(world.backend, team);
      const brand = await makeBrand(world.backend, team);
      const admin = await makeOperator(world.backend, team, { role: "admin", brandAccess: [brand.brandId] });
      for (const [{ sessionToken }, code] of [
        [agent, "FORBIDDEN"],
        [admin, "NOT_FOUND"],
        [world.rival, "NOT_FOUND"],
      ] as const) {
        await expectRefusal(world.backend.query(api.erasures.listSame, { sessionToken, visitorId }), code);
        await expectRefusal(
          world.backend.mutation(api.erasures.start, { sessionToken, visitorIds: [visitorId] }),
          code,
        );
      }
      await expectRefusal(
        world.backend.query(api.erasures.list, { sessionToken: agent.sessionToken }),
        "FORBIDDEN",
      );
      const { sessionToken } = team;
      await expectRefusal(
        world.backend.mutation(api.erasures.start, { sessionToken, visitorIds: [] }),
        "VALIDATION",
      );
      await expectRefusal(
        world.backend.mutation(api.erasures.start, { sessionToken, visitorIds: [visitorId, "none"] }),
        "NOT_FOUND",
      );
      expect((await world.backend.rows("visitors")).map(({ _id }) => _id)).toContain(visitorId);
    });

    it("takes an address's leads along only for who works for all brands", async () => {
      const { team, chat } = await scene("Leads elsewhere");
      const other = await makeBrand(world.backend, team);
      const owner = { sessionToken: team.sessionToken };
      await world.backend.mutation(api.leads.create, {
        ...owner,
        brandId: other.brandId,
        name: "Stays",
        email: "maya@example.com",
      });
      const admin = await makeOperator(world.backend, team, { role: "admin", brandAccess: [team.brandId] });
      await world.backend.mutation(api.erasures.start, {
        sessionToken: admin.sessionToken,
        visitorIds: [await visitorOf(chat)],
      });
      await world.backend.advance(1_000);
      expect((await world.backend.query(api.erasures.list, owner))[0]).toMatchObject({
        counts: { leads: 0 },
        finishedAt: expect.any(Number) as number,
      });
      expect((await world.backend.rows("leads")).map(({ name }) => name)).toContain("Stays");
    });
  });
}
