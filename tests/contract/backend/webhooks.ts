import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, startChat } from "./backend";
import { Hooks, verifies } from "./hooks";

const URL = "https://hooks.example.com/praxtalk";

export function webhookCases(world: World): void {
  describe("webhook endpoints", () => {
    const hooks = new Hooks(world);
    beforeAll(() => hooks.start());
    afterAll(() => hooks.stop());

    const list = (sessionToken = hooks.team.sessionToken) =>
      world.backend.query(api.webhooks.list, { sessionToken });
    const create = (fields = {}) =>
      world.backend.action(api.webhooks.create, {
        ...hooks.owner,
        url: URL,
        events: ["message.created"],
        ...fields,
      });
    const rowOf = async (subscriptionId: string) => (await list()).find(({ _id }) => _id === subscriptionId);

    it("show their secret once, and keep it sealed", async () => {
      const { subscriptionId, secret } = await create();
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      const [row] = await list();
      expect(row).toEqual({
        _id: subscriptionId,
        url: URL,
        events: ["message.created"],
        brandId: null,
        brandName: null,
        enabled: true,
        lane: "fast",
        isPrivate: false,
        secretPreview: secret.slice(0, 12),
        rotation: null,
        health: { failingSince: null, consecutiveFailures: 0 },
        createdBy: { _id: hooks.team.operatorId, name: "Ada Lovelace" },
        createdAt: expect.any(Number) as number,
        updatedAt: expect.any(Number) as number,
      });
      expect(JSON.stringify(await world.backend.rows("webhookSubscriptions"))).not.toContain(
        secret.slice(12),
      );
      await world.backend.mutation(api.webhooks.remove, { ...hooks.owner, subscriptionId });
    });

    it("take public https addresses, those that the settings allow, and at least one event", async () => {
      await expectRefusal(create({ url: "http://hooks.example.com/" }), "VALIDATION");
      await expectRefusal(create({ url: "https://10.0.0.1/" }), "VALIDATION");
      await expectRefusal(create({ events: [] }), "VALIDATION");
      await expectRefusal(create({ brandId: world.rival.brandId }), "NOT_FOUND");
      const { subscriptionId } = await create({
        url: "http://127.0.0.1:9/x#part",
        events: ["lead.created", "lead.created"],
      });
      expect(await rowOf(subscriptionId)).toMatchObject({
        url: "http://127.0.0.1:9/x",
        isPrivate: true,
        events: ["lead.created"],
      });
      await world.backend.mutation(api.webhooks.remove, { ...hooks.owner, subscriptionId });
      const settings = await world.backend.query(api.webhooks.settings, hooks.owner);
      expect(settings).toMatchObject({ isAvailable: true, allowedCidrs: ["127.0.0.1/32"] });
      expect(settings.retrySchedule).toHaveLength(5);
    });

    it("are 20 at most; deleted ones do not count", async () => {
      const { sessionToken, workspaceId, operatorId } = await makeWorkspace(world.backend, "Full");
      const at = Date.now();
      const row = {
        ...{ workspaceId, url: URL, isPrivate: false, events: ["lead.created" as const], enabled: true },
        ...{ lane: "fast" as const, secret: { current: "" }, secretPreview: "", createdBy: operatorId },
        ...{ createdAt: at, updatedAt: at },
      };
      for (let n = 0; n < 20; n++) await world.backend.insert("webhookSubscriptions", row);
      await expectRefusal(create({ sessionToken }), "CONFLICT");
      const [newest] = await list(sessionToken);
      await world.backend.mutation(api.webhooks.remove, { sessionToken, subscriptionId: newest!._id });
      const { subscriptionId } = await create({ sessionToken });
      expect((await list(sessionToken)).map(({ _id }) => _id)[0]).toBe(subscriptionId);
      expect(await list(sessionToken)).toHaveLength(20);
    });

    it("change where and what they get", async () => {
      const { subscriptionId } = await create();
      const brand = await makeBrand(world.backend, hooks.team, { name: "Shop" });
      const update = (fields: object) =>
        world.backend.mutation(api.webhooks.update, { ...hooks.owner, subscriptionId, ...fields });
      await update({ url: "https://other.example.com/", events: ["lead.created"], brandId: brand.brandId });
      expect(await rowOf(subscriptionId)).toMatchObject({
        url: "https://other.example.com/",
        events: ["lead.created"],
        brandId: brand.brandId,
        brandName: "Shop",
      });
      await update({ brandId: null });
      expect(await rowOf(subscriptionId)).toMatchObject({
        url: "https://other.example.com/",
        brandId: null,
      });
      await expectRefusal(update({ url: "ftp://other.example.com/" }), "VALIDATION");
      await expectRefusal(update({ events: [] }), "VALIDATION");
      await expectRefusal(update({ brandId: world.rival.brandId }), "NOT_FOUND");
      await world.backend.mutation(api.webhooks.remove, { ...hooks.owner, subscriptionId });
      expect(await rowOf(subscriptionId)).toBeUndefined();
      await expectRefusal(update({ url: URL }), "NOT_FOUND");
    });

    /** Every change of an endpoint or its deliveries. */
    const writes = (sessionToken: string, subscriptionId: string, deliveryId: string) => {
      const endpoint = { sessionToken, subscriptionId };
      const { mutation, action } = world.backend;
      return [
        () => mutation(api.webhooks.update, { ...endpoint, url: URL }),
        () => mutation(api.webhooks.setEnabled, { ...endpoint, enabled: false }),
        () => mutation(api.webhooks.remove, endpoint),
        () => action(api.webhooks.rotateSecret, endpoint),
        () => mutation(api.webhooks.confirmSecret, endpoint),
        () => mutation(api.webhooks.finishRotation, endpoint),
        () => mutation(api.webhooks.sendTest, endpoint),
        () => mutation(api.webhooks.replayFailed, { ...endpoint, since: 0 }),
        () => mutation(api.webhooks.manualRetry, { sessionToken, deliveryId }),
      ];
    };

    it("are another workspace's business in nothing", async () => {
      const endpoint = await hooks.endpoint();
      await startChat(world.backend, endpoint);
      const [delivery] = await hooks.settled(endpoint, 2);
      const { sessionToken } = world.rival;
      const { subscriptionId } = endpoint;
      for (const write of writes(sessionToken, subscriptionId, delivery!._id)) {
        await expectRefusal(write(), "NOT_FOUND");
      }
      const ask = { sessionToken, subscriptionId };
      expect((await list(sessionToken)).some(({ _id }) => _id === subscriptionId)).toBe(false);
      expect(await world.backend.query(api.webhooks.listRecentEvents, ask)).toEqual([]);
      const deliveryId = delivery!._id;
      expect(await world.backend.query(api.webhooks.getDelivery, { sessionToken, deliveryId })).toBeNull();
      expect(await world.backend.query(api.webhooks.countReplayable, { ...ask, since: 0 })).toMatchObject({
        count: 0,
      });
      expect(await rowOf(subscriptionId)).toMatchObject({
        enabled: true,
        url: expect.not.stringContaining(URL) as string,
      });
    });

    it("are set up by owners and admins alone, and seen by all in their brands", async () => {
      const endpoint = await hooks.endpoint();
      await startChat(world.backend, endpoint);
      const [delivery] = await hooks.settled(endpoint, 2);
      const agent = await makeOperator(world.backend, hooks.team);
      for (const write of writes(agent.sessionToken, endpoint.subscriptionId, delivery!._id)) {
        await expectRefusal(write(), "FORBIDDEN");
      }
      await expectRefusal(create({ sessionToken: agent.sessionToken }), "FORBIDDEN");
      const ask = { sessionToken: agent.sessionToken, subscriptionId: endpoint.subscriptionId };
      expect((await list(agent.sessionToken)).length).toBe((await list()).length);
      expect(await world.backend.query(api.webhooks.listRecentEvents, ask)).toHaveLength(2);
    });

    it("of all brands or of others are not for an admin of some", async () => {
      const mine = await hooks.endpoint();
      const others = await hooks.endpoint();
      const ofAll = await create({ url: hooks.receiver.url });
      for (const brand of [mine, others]) await startChat(world.backend, brand);
      await hooks.settled(mine, 2);
      const [foreign] = await hooks.settled(others, 2);
      const { sessionToken } = await makeOperator(world.backend, hooks.team, {
        role: "admin",
        brandAccess: [mine.brandId],
      });
      const seen = (await list(sessionToken)).map(({ _id }) => _id);
      expect(seen).toEqual([ofAll.subscriptionId, mine.subscriptionId]);
      for (const write of writes(sessionToken, others.subscriptionId, foreign!._id)) {
        await expectRefusal(write(), "NOT_FOUND");
      }
      const write = { sessionToken, subscriptionId: ofAll.subscriptionId };
      await expectRefusal(world.backend.mutation(api.webhooks.remove, write), "FORBIDDEN");
      await expectRefusal(create({ sessionToken }), "FORBIDDEN");
      await expectRefusal(create({ sessionToken, brandId: others.brandId }), "NOT_FOUND");
      const log = (filters = {}) =>
        world.backend.query(api.webhooks.listRecentEvents, { sessionToken, ...filters });
      const endpoints = (await log()).map(({ subscriptionId }) => subscriptionId);
      expect(new Set(endpoints)).toEqual(new Set([mine.subscriptionId, ofAll.subscriptionId]));
      expect(await log({ subscriptionId: ofAll.subscriptionId })).toHaveLength(1);
      expect(await log({ subscriptionId: others.subscriptionId })).toEqual([]);
      const disabled = { ...hooks.owner, subscriptionId: ofAll.subscriptionId, enabled: false };
      await world.backend.mutation(api.webhooks.setEnabled, disabled);
      await startChat(world.backend, others);
      const { subscriptionId } = ofAll;
      const countFor = (operator: { sessionToken: string }) =>
        world.backend.query(api.webhooks.countReplayable, { ...operator, subscriptionId, since: 0 });
      expect(await countFor(hooks.owner)).not.toMatchObject({ count: 0 });
      expect(await countFor({ sessionToken })).toMatchObject({ count: 0 });
      await world.backend.mutation(api.webhooks.remove, {
        ...hooks.owner,
        subscriptionId: ofAll.subscriptionId,
      });
    });

    it("sign with both secrets while they are rotated: the old one first until it is confirmed", async () => {
      const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
      const { subscriptionId } = endpoint;
      const ask = { ...hooks.owner, subscriptionId };
      const newest = async () => {
        const before = hooks.requestsOf(endpoint).length;
        await startChat(world.backend, endpoint);
        await hooks.settled(endpoint, before + 1);
        return hooks.requestsOf(endpoint).at(-1)!;
      };
      const signatures = async () => {
        const request = await newest();
        const signed = request.headers.get("x-praxtalk-signature") ?? "";
        const standard = (request.headers.get("webhook-signature") ?? "").split(" ");
        const count = signed.split("v1=").length - 1;
        expect(standard).toHaveLength(count);
        return { count, old: verifies(endpoint.secret, request), new: verifies(secret, request) };
      };
      let secret = "";
      expect(await signatures()).toEqual({ count: 1, old: true, new: false });
      secret = (await world.backend.action(api.webhooks.rotateSecret, ask)).secret;
      expect(await rowOf(subscriptionId)).toMatchObject({
        rotation: { phase: "old_first" },
        secretPreview: secret.slice(0, 12),
      });
      expect(await signatures()).toEqual({ count: 2, old: true, new: false });
      await expectRefusal(world.backend.action(api.webhooks.rotateSecret, ask), "CONFLICT");
      await world.backend.mutation(api.webhooks.confirmSecret, ask);
      expect(await rowOf(subscriptionId)).toMatchObject({ rotation: { phase: "new_first" } });
      expect(await signatures()).toEqual({ count: 2, old: false, new: true });
      await world.backend.mutation(api.webhooks.finishRotation, ask);
      expect(await rowOf(subscriptionId)).toMatchObject({ rotation: null });
      expect(await signatures()).toEqual({ count: 1, old: false, new: true });
    });
  });
}
