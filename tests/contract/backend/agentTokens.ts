import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, startChat } from "./backend";
import type { Brand, Chat, Operator, Workspace } from "./backend";

const HOUR = 60 * 60 * 1000;

export function agentTokenCases(world: World): void {
  describe("agent tokens", () => {
    let team: Workspace;
    let second: Brand;
    let chat: Chat;
    let other: Chat;
    let agent: Operator; // of the role of that name: a person
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Followed");
      second = await makeBrand(world.backend, team);
      chat = await startChat(world.backend, team);
      other = await startChat(world.backend, second);
      agent = await makeOperator(world.backend, team, { brandAccess: [team.brandId] });
    });

    const create = async (fields = {}, sessionToken = team.sessionToken) =>
      await world.backend.action(api.agentTokens.create, {
        sessionToken,
        name: "CRM",
        access: "reply",
        brands: "all",
        expiresAt: Date.now() + HOUR,
        ...fields,
      });
    const inbox = async (sessionToken: string) =>
      (await world.backend.query(api.conversations.listInbox, { sessionToken, status: "open" }))
        .map(({ _id }) => _id)
        .sort();
    const send = (sessionToken: string, { conversationId }: Chat = chat) =>
      world.backend.mutation(api.messages.send, { sessionToken, conversationId, body: "On it" });

    it("are shown once, stored as a hash, and act as who minted them", async () => {
      const { tokenId, token } = await create();
      expect(token).toMatch(/^pta_[0-9a-f]{64}$/);
      expect(JSON.stringify(await world.backend.rows("sessions"))).not.toContain(token.slice(12));
      expect(await inbox(token)).toEqual([chat.conversationId, other.conversationId].sort());
      await send(token);
      const sent = (await world.backend.rows("messages")).at(-1);
      expect(sent).toMatchObject({ role: "operator", senderOperatorId: team.operatorId, body: "On it" });
      const me = await world.backend.query(api.auth.me, { sessionToken: token });
      expect(me).toMatchObject({ operator: { _id: team.operatorId }, session: { scope: "agent" } });
      const [row] = await world.backend.query(api.agentTokens.list, { sessionToken: team.sessionToken });
      expect(row).toEqual({
        _id: tokenId,
        name: "CRM",
        prefix: token.slice(0, 12),
        access: "reply",
        brands: "all",
        operator: { _id: team.operatorId, name: "Ada Lovelace" },
        mayRevoke: true,
        createdAt: expect.any(Number) as number,
        expiresAt: expect.any(Number) as number,
        lastUsedAt: expect.any(Number) as number,
      });
      expect((row?.lastUsedAt ?? 1) % HOUR).toBe(0);
    });

    it("that may read write nothing", async () => {
      const { token } = await create({ access: "read" });
      expect(await inbox(token)).toHaveLength(2);
      await expectRefusal(send(token), "FORBIDDEN");
      const rows = await world.backend.query(api.agentTokens.list, { sessionToken: team.sessionToken });
      expect(rows[0]?.lastUsedAt).toBeUndefined();
      await world.backend.mutation(api.agentTokens.recordUse, { sessionToken: token });
      const after = await world.backend.query(api.agentTokens.list, { sessionToken: team.sessionToken });
      expect(after[0]?.lastUsedAt).toEqual(expect.any(Number));
    });

    it("see and answer in their brands alone", async () => {
      const { token } = await create({ brands: [second.brandId] });
      expect(await inbox(token)).toEqual([other.conversationId]);
      await expectRefusal(send(token, chat), "NOT_FOUND");
      await send(token, other);
      const brands = await world.backend.query(api.brands.listMine, { sessionToken: token });
      expect(brands.map(({ _id }) => _id)).toEqual([second.brandId]);
    });

    it("never see more than their operator may at the time", async () => {
      await expectRefusal(create({ brands: [second.brandId] }, agent.sessionToken), "NOT_FOUND");
      await expectRefusal(create({ brands: [world.rival.brandId] }), "NOT_FOUND");
      await expectRefusal(create({ brands: [] }), "VALIDATION");
      const { token } = await create({ brands: "all" }, agent.sessionToken);
      expect(await inbox(token)).toEqual([chat.conversationId]);
      const both = await makeOperator(world.backend, team, { brandAccess: [team.brandId, second.brandId] });
      const wide = await create({ brands: [team.brandId, second.brandId] }, both.sessionToken);
      await world.backend.patch("operators", both.operatorId, { brandAccess: [second.brandId] });
      expect(await inbox(wide.token)).toEqual([other.conversationId]);
    });

    it("manage nothing, whatever their operator may", async () => {
      const { token, tokenId } = await create();
      const sessionToken = token;
      for (const call of [
        () => world.backend.query(api.agentTokens.list, { sessionToken }),
        () => create({}, token),
        () => world.backend.mutation(api.agentTokens.revoke, { sessionToken, tokenId }),
        () => world.backend.action(api.apiKeys.create, { sessionToken, name: "x", scope: "read" }),
        () => world.backend.query(api.apiKeys.list, { sessionToken }),
        () => world.backend.mutation(api.brands.update, { sessionToken, brandId: team.brandId, name: "x" }),
        () => world.backend.query(api.webhooks.list, { sessionToken }),
        () => world.backend.action(api.auth.createChildToken, { sessionToken }),
      ]) {
        await expectRefusal(call(), "FORBIDDEN");
      }
    });

    it("end when they are revoked, by their operator, an owner or an admin", async () => {
      const mine = await create({}, agent.sessionToken);
      const owners = await create();
      const revoke = (sessionToken: string, tokenId: string) =>
        world.backend.mutation(api.agentTokens.revoke, { sessionToken, tokenId });
      await expectRefusal(revoke(agent.sessionToken, owners.tokenId), "NOT_FOUND");
      await expectRefusal(revoke(world.rival.sessionToken, owners.tokenId), "NOT_FOUND");
      const listed = await world.backend.query(api.agentTokens.list, { sessionToken: agent.sessionToken });
      expect(listed.every(({ operator }) => operator?._id === agent.operatorId)).toBe(true);
      expect(listed.map(({ _id }) => _id)).toContain(mine.tokenId);
      await send(mine.token);
      await revoke(team.sessionToken, mine.tokenId);
      await expectRefusal(inbox(mine.token), "UNAUTHENTICATED");
      expect(
        (await world.backend.rows("agentTokenUses")).filter(({ tokenId }) => tokenId === mine.tokenId),
      ).toEqual([]);
    });

    it("are for an admin of some brands to see where they reach one of these, and to end where they reach no other", async () => {
      const { brandId } = team;
      const admin = await makeOperator(world.backend, team, { role: "admin", brandAccess: [brandId] });
      const homeless = await makeOperator(world.backend, team, { brandAccess: [second.brandId] });
      const made = {
        own: await create({ brands: [brandId] }),
        both: await create({ brands: [brandId, second.brandId] }),
        all: await create(),
        foreign: await create({ brands: [second.brandId] }),
        holderOfBrand: await create({}, agent.sessionToken),
        nothing: await create({}, homeless.sessionToken),
      };
      await world.backend.patch("operators", homeless.operatorId, { brandAccess: [] });
      const listed = async (sessionToken: string) => {
        const rows = await world.backend.query(api.agentTokens.list, { sessionToken });
        const mayOf = (id: string) => rows.find(({ _id }) => _id === id)?.mayRevoke;
        return Object.fromEntries(Object.entries(made).map(([name, { tokenId }]) => [name, mayOf(tokenId)]));
      };
      expect(await listed(admin.sessionToken)).toEqual({
        ...{
          own: true,
          both: false,
          all: false,
          foreign: undefined,
          holderOfBrand: true,
          nothing: undefined,
        },
      });
      expect(Object.values(await listed(team.sessionToken))).toEqual(Array(6).fill(true));
      const revoke = ({ tokenId }: { tokenId: string }, { sessionToken }: { sessionToken: string }) =>
        world.backend.mutation(api.agentTokens.revoke, { sessionToken, tokenId });
      for (const wide of [made.both, made.all]) await expectRefusal(revoke(wide, admin), "FORBIDDEN");
      for (const unseen of [made.foreign, made.nothing]) {
        await expectRefusal(revoke(unseen, admin), "NOT_FOUND");
      }
      for (const ended of [made.own, made.holderOfBrand]) await revoke(ended, admin);
      for (const ended of [made.both, made.all, made.foreign, made.nothing]) await revoke(ended, team);
    });

    it("end by themselves, within a year", async () => {
      await expectRefusal(create({ expiresAt: Date.now() - 1 }), "VALIDATION");
      await expectRefusal(create({ expiresAt: Date.now() + 366 * 24 * HOUR }), "VALIDATION");
      await expectRefusal(create({ expiresAt: Number.NaN }), "VALIDATION");
      await expectRefusal(create({ name: " " }), "VALIDATION");
    });
  });
}

/** Only where queries can be watched. */
export function liveAgentTokenCases(world: World): void {
  it("a subscription under an agent token ends when the token is revoked", async () => {
    const { backend, acme } = world;
    const { token, tokenId } = await backend.action(api.agentTokens.create, {
      sessionToken: acme.sessionToken,
      name: "Live",
      access: "read",
      brands: "all",
      expiresAt: Date.now() + HOUR,
    });
    let stop = () => {};
    const refused = await new Promise((resolve, reject) => {
      stop = backend.watch!(
        api.conversations.listInbox,
        { sessionToken: token, status: "open" },
        () => {
          backend
            .mutation(api.agentTokens.revoke, { sessionToken: acme.sessionToken, tokenId })
            .catch(reject);
        },
        resolve,
      );
    });
    stop();
    expect(refused).toBe("UNAUTHENTICATED");
  });
}
