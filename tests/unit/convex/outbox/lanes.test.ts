import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../../convex/_generated/api";
import { recordEvent } from "../../../../convex/model/events";
import type { AttemptRequest } from "../../../../convex/validators/webhooks";
import { FAILURE, MINUTE, OK, SECOND, makeScene } from "./scene";
import type { Scene } from "./scene";

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

const endpointsOf = (requests: AttemptRequest[]) => requests.map(({ subscriptionId }) => subscriptionId);

describe("a change", () => {
  it("writes a delivery for each endpoint that wants it, and calls each lane once", async () => {
    const scene = await makeScene();
    const events = ["lead.created" as const, "lead.status_changed" as const];
    const fast = await scene.subscribe({ events });
    const slow = await scene.subscribe({ events, lane: "slow" });
    const disabled = await scene.subscribe({ enabled: false });
    await scene.subscribe({ events: ["message.created"] });
    await scene.subscribe({ deletedAt: NOW });
    await scene.emit(events);
    const deliveries = await scene.rows("webhookDeliveries");
    const created = deliveries.filter(({ eventType }) => eventType === "lead.created");
    expect(created.map(({ subscriptionId, status }) => [subscriptionId, status])).toEqual(
      expect.arrayContaining([
        [fast, "pending"],
        [slow, "pending"],
        [disabled, "skipped"],
      ]),
    );
    expect(deliveries).toHaveLength(5);
    expect(await scene.rows("webhookCalls")).toMatchObject([{ subscriptionId: fast }]);
    const wakes = await scene.scheduled("webhookDelivery:wake");
    expect(wakes.map(({ args }): unknown => args[0])).toEqual(
      expect.arrayContaining([{ lane: "fast" }, { lane: "slow" }]),
    );
    expect(wakes).toHaveLength(2);
  });

  it("of another brand or workspace writes nothing", async () => {
    const scene = await makeScene();
    const [workspaceId, brandId] = await scene.t.run(async ({ db }) => {
      const [workspace, brand] = [await db.query("workspaces").first(), await db.query("brands").first()];
      const { _id, _creationTime, ...fields } = brand!;
      const { _id: _, _creationTime: __, ...other } = workspace!;
      return [await db.insert("workspaces", other), await db.insert("brands", fields)];
    });
    await scene.subscribe({ workspaceId });
    await scene.subscribe({ brandId });
    await scene.emit();
    expect(await scene.rows("webhookDeliveries")).toEqual([]);
    expect(await scene.scheduled()).toEqual([]);
  });

  it("that fails leaves no event, delivery or call", async () => {
    const scene = await makeScene();
    await scene.subscribe();
    const failing = scene.t.mutation(async (ctx) => {
      const data = {
        leadId: scene.leadId,
        brandId: scene.brandId,
        name: "Maya",
        status: "new",
        createdAt: NOW,
      };
      await recordEvent(ctx, scene, { type: "lead.created", data } as never, NOW);
      throw new Error("Something else went wrong.");
    });
    await expect(failing).rejects.toThrow("Something else");
    for (const table of ["events", "webhookDeliveries", "webhookCalls"] as const) {
      expect(await scene.rows(table)).toEqual([]);
    }
    expect(await scene.scheduled()).toEqual([]);
  });
});

describe("the fast lane", () => {
  const idle = { isIdle: true, isBusy: false };
  const take = (scene: Scene, lease: number, worker = idle) =>
    scene.t.mutation(internal.webhookDelivery.takeFast, { lease, ...worker });

  it("claims up to five of an endpoint, and the next when one has ended", async () => {
    const scene = await makeScene();
    const [busy, other] = [await scene.subscribe(), await scene.subscribe()];
    for (let n = 0; n < 8; n++) await scene.deliver(busy);
    await scene.deliver(other, { dueAt: NOW + 1 });
    await scene.deliver(other);
    await scene.dispatch(busy, busy, other);
    const { requests } = await scene.take();
    expect(endpointsOf(requests).toSorted()).toEqual([...Array<string>(5).fill(busy), other].toSorted());
    await scene.dispatch(busy);
    expect((await scene.take()).requests).toEqual([]);
    const next = await scene.record(requests.slice(0, 2), OK, "claim");
    expect(endpointsOf(next)).toEqual([busy, busy]);
    expect(await scene.record(next, OK, "call")).toEqual([]);
    expect(endpointsOf((await scene.take()).requests)).toEqual([busy]);
  });

  it("has one worker at a time, until nothing is left to do", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    await scene.dispatch(id);
    await scene.dispatch(id);
    expect(await scene.scheduled("webhookSender:drainFastLane")).toHaveLength(1);
    const lease = await scene.lease("fast");
    expect(await take(scene, lease, { isIdle: false, isBusy: true })).toMatchObject({ isDone: false });
    expect(await scene.rows("webhookCalls")).toHaveLength(2);
    expect(await take(scene, lease, { isIdle: false, isBusy: false })).toMatchObject({ isDone: false });
    expect(await scene.rows("webhookCalls")).toHaveLength(0);
    await scene.t.run(({ db }) => db.insert("webhookCalls", { at: NOW + 1, subscriptionId: id }));
    expect(await take(scene, lease)).toMatchObject({ isDone: false });
    vi.setSystemTime(NOW + 1);
    await take(scene, lease);
    expect(await take(scene, lease)).toMatchObject({ isDone: true });
    await scene.dispatch(id);
    expect(await scene.scheduled("webhookSender:drainFastLane")).toHaveLength(2);
    expect(await scene.lease("fast")).toBe(lease + 1);
  });

  it("keeps a worker that comes by, and gives a silent one's place away", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    await scene.dispatch(id);
    const lease = await scene.lease("fast");
    for (let n = 0; n < 10; n++) {
      vi.setSystemTime(Date.now() + 10 * SECOND);
      await take(scene, lease, { isIdle: false, isBusy: false });
      await scene.dispatch(id);
    }
    expect(await scene.scheduled("webhookSender:drainFastLane")).toHaveLength(1);
    vi.setSystemTime(Date.now() + MINUTE);
    await scene.deliver(id);
    await scene.sweep();
    expect(await scene.lease("fast")).toBe(lease + 1);
    expect(await take(scene, lease)).toEqual({ requests: [], isDone: true });
    expect((await take(scene, lease + 1)).requests).toHaveLength(1);
  });

  it("goes to another worker when one has run long enough", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    await scene.deliver(id);
    await scene.dispatch(id);
    const lease = await scene.lease("fast");
    for (let n = 0; n < 2; n++) {
      await scene.t.mutation(internal.webhookDelivery.relay, { lane: "fast", lease });
      expect(await scene.lease("fast")).toBe(lease + 1);
    }
    expect(await take(scene, lease)).toEqual({ requests: [], isDone: true });
    expect((await take(scene, lease + 1)).requests).toHaveLength(1);
  });

  it("sends nothing of an endpoint that was disabled, deleted or slowed down after the call", async () => {
    for (const fields of [{ enabled: false }, { deletedAt: NOW }, { lane: "slow" as const }]) {
      const scene = await makeScene();
      const id = await scene.subscribe();
      await scene.deliver(id);
      await scene.dispatch(id);
      await scene.t.run(({ db }) => db.patch("webhookSubscriptions", id, fields));
      expect((await scene.take()).requests).toEqual([]);
    }
  });
});

describe("the slow lane", () => {
  const claim = async (scene: Scene) =>
    await scene.t.mutation(internal.webhookDelivery.claimSlow, { lease: await scene.lease("slow") });

  /** All batches until the worker is done. */
  async function claimAll(scene: Scene, use: (requests: AttemptRequest[]) => Promise<void>) {
    const all: AttemptRequest[] = [];
    for (let n = 0; n < 20; n++) {
      const { requests, isDone } = await claim(scene);
      if (isDone) return all;
      await use(requests);
      all.push(...requests);
    }
    throw new Error("The worker comes to no end.");
  }

  it("takes an endpoint after three attempts that failed or were slow, and lets it go after a quick success", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    const slow = { ...OK, latencyMs: 5_001 };
    for (const result of [FAILURE, slow, OK, slow, FAILURE]) {
      await scene.deliver(id);
      await scene.attempt(id, result);
      expect((await scene.subscription(id)).lane).toBe("fast");
    }
    await scene.deliver(id);
    await scene.attempt(id, slow);
    expect((await scene.subscription(id)).lane).toBe("slow");
    await scene.deliver(id);
    await scene.deliver(id);
    await scene.dispatch(id);
    expect((await scene.take()).requests).toEqual([]);
    const first = await claim(scene);
    expect(endpointsOf(first.requests)).toEqual([id]);
    expect(await claim(scene)).toEqual({ requests: [], isDone: true });
    await scene.record(first.requests, OK);
    expect((await scene.subscription(id)).lane).toBe("fast");
    expect(await scene.scheduled("webhookDelivery:dispatch")).not.toEqual([]);
  });

  it("goes round all endpoints, one delivery of each at a time, and ends when a round finds nothing", async () => {
    const scene = await makeScene();
    const ids = [];
    for (let n = 0; n < 230; n++) ids.push(await scene.subscribe({ lane: "slow" }));
    for (const id of ids.slice(0, 210)) await scene.deliver(id);
    for (const id of [ids[0]!, ids[209]!]) await scene.deliver(id);
    await scene.dispatch(ids[0]!);
    const sent = await claimAll(scene, async (requests) => {
      expect(requests.length).toBeLessThanOrEqual(50);
      expect(new Set(endpointsOf(requests)).size).toBe(requests.length);
      await scene.record(requests, { ...FAILURE, outcome: "http_4xx", httpStatus: 410 });
    });
    expect(new Set(endpointsOf(sent))).toEqual(new Set(ids.slice(0, 210)));
    await expect(scene.lease("slow")).rejects.toThrow();
  });

  it("goes round once more for whoever calls behind its back", async () => {
    const scene = await makeScene();
    const ids = [];
    for (let n = 0; n < 201; n++) ids.push(await scene.subscribe({ lane: "slow" }));
    await scene.dispatch(ids[0]!);
    expect(await claim(scene)).toEqual({ requests: [], isDone: false }); // past the first
    await scene.deliver(ids[0]!);
    await scene.dispatch(ids[0]!);
    const found = await claimAll(scene, async () => {});
    expect(endpointsOf(found)).toEqual([ids[0]]);
    expect(await scene.scheduled("webhookSender:drainSlowLane")).toHaveLength(1);
  });

  it("comes back to an endpoint that the fast lane's worker had under way", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    await scene.deliver(id);
    await scene.deliver(id);
    await scene.dispatch(id);
    const { requests } = await scene.take();
    await scene.deliver(id);
    await scene.t.run(({ db }) => db.patch("webhookSubscriptions", id, { lane: "slow" }));
    await scene.dispatch(id);
    expect(await claim(scene)).toEqual({ requests: [], isDone: true });
    await scene.record(requests, FAILURE, "claim");
    expect(endpointsOf((await claim(scene)).requests)).toEqual([id]);
  });
});
