import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExchangeResult } from "../../../../convex/validators/webhooks";
import { DAY, FAILURE, HOUR, MINUTE, OK, SECOND, makeScene } from "./scene";
import type { Scene } from "./scene";

const NOW = Date.UTC(2030, 0, 1);
const DELAYS = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR];

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

async function withDelivery() {
  const scene = await makeScene();
  const subscriptionId = await scene.subscribe();
  const deliveryId = await scene.deliver(subscriptionId);
  return { scene, subscriptionId, deliveryId, read: () => scene.delivery(deliveryId) };
}

/** An attempt of the endpoint is under way; gives what it sends. */
async function begin(scene: Scene, subscriptionId: Parameters<Scene["dispatch"]>[0]) {
  await scene.dispatch(subscriptionId);
  const { requests } = await scene.take();
  expect(requests).toHaveLength(1);
  return requests;
}

describe("a delivery", () => {
  it("is tried six times, each after its delay and up to a tenth later, then given up", async () => {
    const { scene, subscriptionId, read } = await withDelivery();
    for (const [index, delay] of DELAYS.entries()) {
      await scene.attempt(subscriptionId, FAILURE);
      const { dueAt, ...row } = await read();
      expect(row).toMatchObject({
        status: "retrying",
        state: "waiting",
        attempts: index + 1,
        nextRetryAt: dueAt,
      });
      expect(dueAt - Date.now()).toBeGreaterThanOrEqual(delay);
      expect(dueAt - Date.now()).toBeLessThanOrEqual(delay * 1.1);
      const jobs = await scene.scheduled("webhookDelivery:dispatch");
      expect(jobs.map(({ scheduledTime }) => scheduledTime)).toContain(dueAt);
      vi.setSystemTime(dueAt - 1);
      await scene.dispatch(subscriptionId);
      expect((await scene.take()).requests).toEqual([]);
      vi.setSystemTime(dueAt);
      await scene.t.run(({ db }) => db.patch("webhookSubscriptions", subscriptionId, { lane: "fast" }));
    }
    await scene.attempt(subscriptionId, FAILURE);
    expect(await read()).toMatchObject({ status: "failed", state: "ended", attempts: 6, error: "http_5xx" });
    expect((await scene.rows("webhookAttempts")).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("waits as long as the receiver asks, up to twice its delay", async () => {
    for (const [retryAfter, wait] of [
      ["1", 30],
      ["45", 45],
      ["3600", 60],
      ["soon", 30],
    ] as const) {
      const { scene, subscriptionId, read } = await withDelivery();
      await scene.attempt(subscriptionId, { ...FAILURE, httpStatus: 503, retryAfter });
      const waited = (await read()).dueAt - Date.now();
      expect(waited / SECOND).toBeGreaterThanOrEqual(wait);
      expect(waited / SECOND).toBeLessThanOrEqual(wait * 1.1);
    }
  });

  it("whose attempt is not heard of again is interrupted: that counts, and a late result does not", async () => {
    const { scene, subscriptionId, read } = await withDelivery();
    const requests = await begin(scene, subscriptionId);
    vi.setSystemTime(NOW + MINUTE - 1);
    await scene.sweep();
    expect((await read()).state).toBe("sending");
    vi.setSystemTime(NOW + MINUTE);
    await scene.sweep();
    const interrupted = await read();
    expect(interrupted).toMatchObject({ status: "retrying", attempts: 1, error: "interrupted" });
    await scene.record(requests, OK);
    expect(await read()).toEqual(interrupted);
    vi.setSystemTime(interrupted.dueAt);
    await begin(scene, subscriptionId);
    const again = await read();
    await scene.record(requests, OK);
    expect(await read()).toEqual(again);
    expect(await scene.rows("webhookAttempts")).toMatchObject([
      { outcome: "interrupted" },
      { outcome: "sending" },
    ]);
    expect(await scene.rows("webhookHealth")).toEqual([]);
  });

  it("is not sent by a worker that comes too late to its attempt", async () => {
    const { scene, subscriptionId } = await withDelivery();
    const manual = await scene.deliver(subscriptionId, { state: "ended", status: "failed" });
    await scene.retry(manual);
    vi.setSystemTime(NOW + MINUTE);
    expect((await scene.take()).requests.map(({ attempt }) => attempt)).toEqual([]);
  });

  it("that nobody began is found by the sweep, at however many endpoints", async () => {
    const scene = await makeScene();
    const ids = [];
    for (let n = 0; n < 205; n++) ids.push(await scene.subscribe());
    for (const id of ids) await scene.deliver(id);
    const notYet = await scene.subscribe();
    await scene.deliver(notYet, { dueAt: NOW + SECOND });
    vi.setSystemTime(NOW + 30 * SECOND);
    await scene.sweep();
    await scene.runJobs("webhookDelivery:sweepOverdue");
    await scene.runJobs("webhookDelivery:dispatch");
    const called = (await scene.rows("webhookCalls")).flatMap((call) =>
      "subscriptionId" in call ? call.subscriptionId : [],
    );
    expect(called.toSorted()).toEqual(ids.toSorted());
  });

  it("ends with its endpoint: delivered, skipped or canceled, by what becomes of its attempt", async () => {
    const cases: [object, ExchangeResult, string][] = [
      [{ enabled: false }, OK, "delivered"],
      [{ enabled: false }, FAILURE, "skipped"],
      [{ deletedAt: NOW }, OK, "delivered"],
      [{ deletedAt: NOW }, FAILURE, "canceled"],
    ];
    for (const [fields, result, status] of cases) {
      const { scene, subscriptionId, read } = await withDelivery();
      const requests = await begin(scene, subscriptionId);
      await scene.t.run(({ db }) => db.patch("webhookSubscriptions", subscriptionId, fields));
      await scene.record(requests, result);
      expect(await read()).toMatchObject({ status, state: "ended" });
    }
  });
});

describe("an attempt by hand", () => {
  it("that fails leaves the schedule as it was", async () => {
    const { scene, subscriptionId, deliveryId, read } = await withDelivery();
    await scene.attempt(subscriptionId, FAILURE);
    const { _creationTime, ...before } = await read();
    await scene.retry(deliveryId);
    expect(await read()).toMatchObject({ state: "sending", attempts: 1, nextRetryAt: before.nextRetryAt });
    const { requests } = await scene.take();
    expect(requests).toMatchObject([{ attempt: "manual" }]);
    await scene.record(requests, { outcome: "dns_failure", latencyMs: 3_000 });
    const { httpStatus: _httpStatus, ...kept } = before;
    expect(await read()).toEqual({ _creationTime, ...kept, error: "dns_failure" });
    vi.setSystemTime(before.dueAt);
    const next = await begin(scene, subscriptionId);
    expect(next).toMatchObject([{ attempt: 2 }]);
    expect((await scene.rows("webhookAttempts")).map(({ number, manual }) => [number, manual])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
  });

  it("that outlasts the time of the next calls for it at once", async () => {
    const { scene, subscriptionId, deliveryId, read } = await withDelivery();
    await scene.attempt(subscriptionId, FAILURE);
    const { dueAt } = await read();
    vi.setSystemTime(dueAt - 1);
    await scene.retry(deliveryId);
    const { requests } = await scene.take();
    vi.setSystemTime(dueAt + 1);
    await scene.dispatch(subscriptionId);
    expect((await scene.take({ isIdle: false })).requests).toEqual([]);
    await scene.record(requests, FAILURE);
    const jobs = await scene.scheduled("webhookDelivery:dispatch");
    expect(jobs.filter(({ scheduledTime }) => scheduledTime === dueAt)).toHaveLength(2);
  });

  it("that succeeds ends the schedule", async () => {
    const { scene, subscriptionId, deliveryId, read } = await withDelivery();
    await scene.attempt(subscriptionId, FAILURE);
    await scene.retry(deliveryId);
    await scene.record((await scene.take()).requests, OK);
    expect(await read()).toMatchObject({ status: "delivered", state: "ended", attempts: 1 });
    expect(await read()).not.toHaveProperty("nextRetryAt");
    vi.setSystemTime(NOW + DAY);
    await scene.dispatch(subscriptionId);
    expect((await scene.take()).requests).toEqual([]);
  });
});

describe("an endpoint", () => {
  const exhaust = async (scene: Scene, subscriptionId: Parameters<Scene["dispatch"]>[0]) => {
    await scene.t.run(({ db }) => db.patch("webhookSubscriptions", subscriptionId, { lane: "fast" }));
    await scene.deliver(subscriptionId, { attempts: 5, status: "retrying" });
    await scene.attempt(subscriptionId, FAILURE);
  };

  it("is disabled after five days of nothing but failures and 20 deliveries given up", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    for (let n = 0; n < 25; n++) await exhaust(scene, id);
    expect((await scene.subscription(id)).enabled).toBe(true);
    vi.setSystemTime(NOW + 120 * HOUR - 1);
    await exhaust(scene, id);
    expect((await scene.subscription(id)).enabled).toBe(true);
    vi.setSystemTime(NOW + 120 * HOUR);
    await exhaust(scene, id);
    expect(await scene.subscription(id)).toMatchObject({ enabled: false, disabledReason: "failing" });
    expect((await scene.rows("notifications")).map(({ kind }) => kind)).toEqual([
      "webhook_failed",
      "webhook_disabled",
    ]);
  });

  it("stays while fewer were given up, or one arrived between", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    for (let n = 0; n < 18; n++) await exhaust(scene, id);
    vi.setSystemTime(NOW + 121 * HOUR);
    await exhaust(scene, id);
    await scene.t.run(({ db }) => db.patch("webhookSubscriptions", id, { lane: "fast" }));
    await scene.deliver(id);
    await scene.attempt(id, OK);
    for (let n = 0; n < 25; n++) await exhaust(scene, id);
    expect((await scene.subscription(id)).enabled).toBe(true);
    expect((await scene.rows("notifications")).map(({ kind }) => kind)).toEqual([
      "webhook_failed",
      "webhook_failed",
    ]);
  });

  it("writes nothing about successes that change nothing", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    await scene.deliver(id);
    await scene.attempt(id, OK);
    expect(await scene.rows("webhookHealth")).toEqual([]);
  });

  it("begins anew when it is enabled, or has another URL", async () => {
    const scene = await makeScene();
    const id = await scene.subscribe();
    const fail = async () => {
      for (let n = 0; n < 3; n++) {
        await scene.deliver(id);
        await scene.attempt(id, FAILURE);
      }
      expect((await scene.subscription(id)).lane).toBe("slow");
    };
    await fail();
    await scene.operate("update", { subscriptionId: id, url: "https://other.example.com/" });
    expect((await scene.subscription(id)).lane).toBe("fast");
    expect(await scene.rows("webhookHealth")).toEqual([]);
    await fail();
    await scene.operate("setEnabled", { subscriptionId: id, enabled: false });
    await scene.operate("setEnabled", { subscriptionId: id, enabled: true });
    expect(await scene.subscription(id)).toMatchObject({ lane: "fast", enabled: true });
    expect(await scene.rows("webhookHealth")).toEqual([]);
  });
});
