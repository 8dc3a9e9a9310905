import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, newClientId, startChat } from "./backend";
import type { Brand, Chat, Workspace } from "./backend";

export function searchCases(world: World): void {
  describe("search", () => {
    let team: Workspace;
    let other: Brand;
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Searched");
      other = await makeBrand(world.backend, team, { name: "Other brand" });
    });

    type Asked = { query: string; brandId?: string; limit?: number };
    const search = async ({ sessionToken }: { sessionToken: string }, asked: Asked) =>
      await world.backend.query(api.search.all, { sessionToken, ...asked });
    const texts = async (who: { sessionToken: string }, asked: Asked) =>
      (await search(who, asked)).messages.rows.map(({ snippet }) => snippet.text);
    const names = async (who: { sessionToken: string }, asked: Asked) =>
      (await search(who, asked)).people.rows.map(({ name }) => name?.text);

    /** A chat that begins a second after the one before it, by its own times: a deployment's may all be the same. */
    let at = 1_700_000_000_000;
    async function chat(brand: Brand, message: string, name = "Maya"): Promise<Chat> {
      const started = await startChat(world.backend, brand, { message, name });
      at += 1_000;
      const { conversationId } = started;
      const [first] = (await world.backend.rows("messages")).filter(
        (row) => row.conversationId === conversationId,
      );
      if (first?.senderVisitorId === undefined) throw new Error("The chat has no first message.");
      await world.backend.patch("messages", first._id, { createdAt: at });
      await world.backend.patch("visitors", first.senderVisitorId, { lastSeenAt: at });
      return started;
    }

    it("finds what anybody wrote, notes too, with its place and what matched", async () => {
      const asked = await chat(team, "The teapot leaks at the spout", "Hannah Weiss");
      const note = {
        conversationId: asked.conversationId,
        body: "Known: teapot batch 2610 leaks",
        internal: true,
      };
      const sessionToken = team.sessionToken;
      const messageId = await world.backend.mutation(api.messages.send, {
        sessionToken,
        ...note,
        clientMessageId: newClientId(),
      });
      const { rows, hasMore } = (await search(team, { query: "teapot leaks" })).messages;
      expect(hasMore).toBe(false);
      expect(rows).toEqual([
        {
          messageId,
          role: "internal_note",
          senderName: "Ada Lovelace",
          snippet: {
            text: "Known: teapot batch 2610 leaks",
            hits: [
              { start: 7, end: 13 },
              { start: 25, end: 30 },
            ],
          },
          createdAt: expect.any(Number) as number,
          brand: { _id: team.brandId, name: "Searched", primaryColor: expect.any(String) as string },
          conversation: {
            _id: asked.conversationId,
            status: "open",
            channel: "web_chat",
            visitorName: "Hannah Weiss",
          },
        },
        expect.objectContaining({ role: "visitor" }),
      ]);
    });

    it("puts the most words first, then the newest, and knows the beginning of the last word", async () => {
      await chat(team, "A saucepan with a lid");
      await chat(team, "A saucepan");
      await chat(team, "Two saucepans and a lid");
      expect(await texts(team, { query: "lid saucep" })).toEqual([
        "Two saucepans and a lid",
        "A saucepan with a lid",
        "A saucepan",
      ]);
    });

    it("finds people by name and address, with their newest conversation", async () => {
      const olu = await chat(team, "Hi", "Olu Adebayo");
      const byName = (await search(team, { query: "adeb" })).people.rows;
      expect(byName).toMatchObject([
        {
          name: { text: "Olu Adebayo", hits: [{ start: 4, end: 8 }] },
          conversation: { _id: olu.conversationId, status: "open" },
        },
      ]);
      // Whoever has the most of the words comes first, though everybody here has the same address.
      expect((await names(team, { query: "olu example" }))[0]).toBe("Olu Adebayo");
    });

    it("finds without accents what has them not", async () => {
      await chat(team, "Do you ship to Zurich");
      expect(await texts(team, { query: "Zürich" })).toEqual(["Do you ship to Zurich"]);
    });

    it("finds with accents what is asked for without them, and marks it as it was written", async () => {
      const written = "Do you deliver to Malmo\u0308, Hauptstraße";
      await chat(team, written, "Åsa Ångström");
      for (const query of ["malmo", "Malmö", "hauptstrasse", "Hauptstraße", "MALMO hauptstras"]) {
        expect(await texts(team, { query }), query).toEqual([written]);
      }
      const { messages, people } = await search(team, { query: "hauptstrasse malmo" });
      expect(messages.rows[0]?.snippet.hits.map(({ start, end }) => written.slice(start, end))).toEqual([
        "Malmo\u0308",
        "Hauptstraße",
      ]);
      expect(people.rows).toEqual([]);
      for (const query of ["asa angstrom", "Åsa Ångström", "angst"]) {
        expect(await names(team, { query }), query).toEqual(["Åsa Ångström"]);
      }
    });

    it("says that there is more than it was asked for", async () => {
      for (const number of [1, 2, 3]) await chat(team, `Colander ${number}`, "Colin Colander");
      const { people, messages } = await search(team, { query: "colander", limit: 2 });
      expect(messages.rows.map(({ snippet }) => snippet.text)).toHaveLength(2);
      expect([messages.hasMore, people.rows.length, people.hasMore]).toEqual([true, 2, true]);
      expect((await search(team, { query: "colander", limit: 3 })).messages.hasMore).toBe(false);
    });

    it("keeps to the workspace, to one brand, and to the brands of the operator", async () => {
      await chat(team, "An ashtray here", "Xaver Here");
      await chat(other, "An ashtray there", "Xaver There");
      const third = await makeBrand(world.backend, team);
      await chat(third, "An ashtray elsewhere", "Xaver Elsewhere");
      const query = "ashtray";
      const all = ["An ashtray elsewhere", "An ashtray there", "An ashtray here"];
      expect(await texts(team, { query })).toEqual(all);
      expect(await texts(team, { query, brandId: other.brandId })).toEqual([all[1]]);
      expect(await texts(world.rival, { query })).toEqual([]);
      expect(await texts(world.rival, { query, brandId: other.brandId })).toEqual([]);
      const brandAccess = [team.brandId, other.brandId];
      const agent = await makeOperator(world.backend, team, { brandAccess });
      expect(await texts(agent, { query })).toEqual(all.slice(1));
      expect(await texts(agent, { query, brandId: third.brandId })).toEqual([]);
      expect(await names(agent, { query: "xaver" })).toEqual(["Xaver There", "Xaver Here"]);
      expect(await names(world.rival, { query: "xaver" })).toEqual([]);
      const nobody = await makeOperator(world.backend, team, { brandAccess: [] });
      expect(await search(nobody, { query })).toEqual({
        people: { rows: [], hasMore: false },
        messages: { rows: [], hasMore: false },
      });
    });

    it("refuses what has no word, and what is too long", async () => {
      for (const query of ["", "a", "?!", "x".repeat(201)]) {
        await expectRefusal(search(team, { query }), "VALIDATION");
      }
    });
  });
}

/** For a deployment that takes texts apart as production does: convex-test knows words by the white space around them. */
export function wordSearchCases(world: World): void {
  it("a search finds people by number and by part of an address, and words beside any other character", async () => {
    const { backend } = world;
    const { sessionToken, ...team } = await makeWorkspace(backend, "Words");
    const message = "Is (kettle-3) the one from shop.example/kettles?";
    await startChat(backend, { brandId: team.brandId, widgetId: team.widgetId }, { message, name: "Olu" });
    const found = async (query: string) => {
      const { people, messages } = await backend.query(api.search.all, { sessionToken, query });
      return [people.rows.map(({ name }) => name?.text), messages.rows.length];
    };
    expect(await found("+44 (20) 7946")).toEqual([["Olu"], 0]);
    expect(await found("+44 (20) 7947")).toEqual([[], 0]);
    expect(await found("maya@exam")).toEqual([["Olu"], 1]);
    expect(await found("shop.exam")).toEqual([["Olu"], 1]);
    expect(await found("kettle")).toEqual([[], 1]);
    expect(await found("ettle")).toEqual([[], 0]);
  });
}
