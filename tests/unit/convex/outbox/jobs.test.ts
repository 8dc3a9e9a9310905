import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { DAY, FAILURE, MINUTE, makeScene } from "./scene";

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

describe("what waits", () => {
  it.each([
    [{ enabled: false }, "skipped"],
    [{ deletedAt: NOW }, "canceled"],
  ] as const)("at an endpoint that is %j ends page by page as %s", async (fields, status) => {
    const scene = await makeScene();
    const subscriptionId = await scene.subscribe(fields);
    for (let n = 0; n < 230; n++) await scene.deliver(subscriptionId, { nextRetryAt: NOW });
    const replayed = await scene.deliver(subscriptionId, {
      status: "failed",
      manualFrom: "ended",
      endedAt: NOW - 1,
    });
    await scene.t.mutation(internal.webhookDelivery.endWaiting, { subscriptionId });
    expect(await scene.runJobs("webhookDelivery:endWaiting")).toBe(2);
    const rows = await scene.rows("webhookDeliveries");
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["ended"]));
    const others = rows.filter(({ _id }) => _id !== replayed);
    expect(
      others.every((row) => row.status === status && row.endedAt === NOW && row.nextRetryAt === undefined),
    ).toBe(true);
    expect(await scene.delivery(replayed)).toMatchObject({ status: "failed", endedAt: NOW - 1 });
    expect(await scene.delivery(replayed)).not.toHaveProperty("manualFrom");
  });

  it("goes on when the endpoint is enabled again before it was ended", async () => {
    const scene = await makeScene();
    const subscriptionId = await scene.subscribe();
    const waiting = await scene.deliver(subscriptionId);
    await scene.operate("setEnabled", { subscriptionId, enabled: false });
    await scene.operate("setEnabled", { subscriptionId, enabled: true });
    await scene.runJobs("webhookDelivery:endWaiting");
    await scene.runJobs("webhookDelivery:dispatch");
    expect((await scene.take()).requests).toHaveLength(1);
    expect(await scene.delivery(waiting)).toMatchObject({ status: "pending", state: "sending" });
  });
});

describe("a replay", () => {
  it("takes what failed or was skipped since then, page by page, once, and nothing that comes meanwhile", async () => {
    const scene = await makeScene();
    const subscriptionId = await scene.subscribe();
    const since = NOW - DAY;
    const ended = { state: "ended" as const, createdAt: since };
    const failed = [];
    for (let n = 0; n < 130; n++)
      failed.push(await scene.deliver(subscriptionId, { ...ended, status: "failed" }));
    const skipped = await scene.deliver(subscriptionId, { ...ended, status: "skipped" });
    const left = [
      await scene.deliver(subscriptionId, { ...ended, status: "failed", createdAt: since - 1 }),
      await scene.deliver(subscriptionId, { ...ended, status: "failed", createdAt: NOW + 1 }),
      await scene.deliver(subscriptionId, {
        ...ended,
        status: "failed",
        eventId: undefined,
        eventType: "ping",
      }),
      await scene.deliver(subscriptionId, { ...ended, status: "delivered" }),
      await scene.deliver(await scene.subscribe(), { ...ended, status: "failed" }),
    ];
    await scene.operate("replayFailed", { subscriptionId, since });
    expect(await scene.runJobs("webhookDelivery:replay")).toBe(3);
    const waiting = (await scene.rows("webhookDeliveries")).filter(({ state }) => state === "waiting");
    expect(waiting.map(({ _id }) => _id).toSorted()).toEqual([...failed, skipped].toSorted());
    for (const id of left) expect((await scene.delivery(id)).state).toBe("ended");
    await scene.dispatch(subscriptionId);
    const { requests } = await scene.take();
    expect(requests).toHaveLength(5);
    expect(new Set(requests.map(({ attempt }) => attempt))).toEqual(new Set(["manual"]));
    await scene.record(requests, FAILURE);
    const rows = await scene.rows("webhookDeliveries");
    expect(rows.filter(({ state }) => state === "waiting")).toHaveLength(126);
    expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);
  });

  it("stays within the brand that the endpoint is for now", async () => {
    const scene = await makeScene();
    const { brandId } = scene;
    const subscriptionId = await scene.subscribe({ brandId });
    const before = await scene.deliver(subscriptionId, {
      status: "failed",
      state: "ended",
      brandId: undefined,
    });
    const own = await scene.deliver(subscriptionId, { status: "failed", state: "ended" });
    await scene.operate("replayFailed", { subscriptionId, since: 0 });
    await scene.runJobs("webhookDelivery:replay");
    expect([(await scene.delivery(before)).state, (await scene.delivery(own)).state]).toEqual([
      "ended",
      "waiting",
    ]);
  });
});

describe("after 30 days", () => {
  it("deliveries go with their attempts, however many and large", async () => {
    const scene = await makeScene();
    const subscriptionId = await scene.subscribe();
    const old = { state: "ended" as const, status: "delivered" as const, createdAt: NOW - 30 * DAY - 1 };
    const deliveryIds: Id<"webhookDeliveries">[] = [];
    for (let n = 0; n < 45; n++) deliveryIds.push(await scene.deliver(subscriptionId, old));
    const kept = await scene.deliver(subscriptionId, { ...old, createdAt: NOW - 30 * DAY });
    await scene.t.run(async ({ db }) => {
      for (const [index, deliveryId] of [...deliveryIds, kept].entries()) {
        for (let number = 1; number <= (index === 44 ? 120 : 6); number++) {
          await db.insert("webhookAttempts", {
            ...{ workspaceId: scene.workspaceId, deliveryId, subscriptionId, number, manual: false },
            ...{ url: "https://hooks.example.com/", startedAt: 0, outcome: "delivered" as const },
            replyExcerpt: "x".repeat(4_096),
          });
        }
      }
    });
    await scene.t.mutation(internal.retention.purge, { what: "webhookDeliveries" });
    await scene.runJobs("retention:purge");
    expect((await scene.rows("webhookDeliveries")).map(({ _id }) => _id)).toEqual([kept]);
    expect((await scene.rows("webhookAttempts")).map(({ deliveryId }) => deliveryId)).toEqual(
      Array(6).fill(kept),
    );
  });

  it("endpoints go that were deleted, once their last delivery is gone", async () => {
    const scene = await makeScene();
    const deletedAt = NOW - 30 * DAY - 1;
    const live = await scene.subscribe();
    const recent = await scene.subscribe({ deletedAt: NOW - 30 * DAY });
    const withRest = await scene.subscribe({ deletedAt });
    await scene.deliver(withRest, { state: "ended" });
    for (let n = 0; n < 60; n++) await scene.subscribe({ deletedAt });
    await scene.t.mutation(internal.retention.purge, { what: "webhookEndpoints" });
    await scene.runJobs("retention:purge");
    await scene.t.mutation(internal.retention.purge, { what: "webhookEndpoints" });
    const left = (await scene.rows("webhookSubscriptions")).map(({ _id }) => _id);
    expect(left.toSorted()).toEqual([live, recent, withRest].toSorted());
  });
});

describe("a secret that was rotated", () => {
  it("ends after a day; one that was rotated since has its own", async () => {
    const scene = await makeScene();
    const subscriptionId = await scene.subscribe();
    const secret = { sealedSecret: "new", secretPreview: "whsec_" };
    await scene.t.mutation(internal.webhooks.startRotation, { ...scene.caller, subscriptionId, ...secret });
    const [job] = await scene.scheduled("webhooks:expireSecret");
    expect(job!.scheduledTime).toBe(NOW + DAY);
    await scene.operate("finishRotation", { subscriptionId });
    vi.setSystemTime(NOW + MINUTE);
    await scene.t.mutation(internal.webhooks.startRotation, {
      ...{ ...scene.caller, subscriptionId, ...secret, sealedSecret: "newest" },
    });
    vi.setSystemTime(NOW + DAY);
    const expire = (previousUntil: number) =>
      scene.t.mutation(internal.webhooks.expireSecret, { subscriptionId, previousUntil });
    await expire(NOW + DAY);
    expect((await scene.subscription(subscriptionId)).secret).toMatchObject({
      current: "newest",
      previous: "new",
    });
    await expire(NOW + DAY + MINUTE);
    expect((await scene.subscription(subscriptionId)).secret).toEqual({
      current: "newest",
      rotatedAt: NOW + MINUTE,
    });
  });
});

describe("notifications", () => {
  it("go to those who manage the brand's webhooks, are read by pages, and are kept for 90 days", async () => {
    const scene = await makeScene();
    const { brandId, workspaceId, operatorId } = scene;
    const others = await scene.t.run(async ({ db }) => {
      const { _id, _creationTime, ...ada } = (await db.get("operators", operatorId))!;
      const other = await db.insert("brands", {
        ...{ workspaceId, slug: "b", name: "B", widgetId: "ws_2", primaryColor: "#123456" },
        ...{ welcomeMessage: "Hi", position: "br" as const, allowedOrigins: [], createdAt: 0 },
      });
      return {
        manager: await db.insert("operators", { ...ada, email: "1", role: "admin", brandAccess: [brandId] }),
        elsewhere: await db.insert("operators", { ...ada, email: "2", role: "admin", brandAccess: [other] }),
        agent: await db.insert("operators", { ...ada, email: "3", role: "agent" }),
      };
    });
    const subscriptionId = await scene.subscribe({ brandId });
    await scene.deliver(subscriptionId);
    await scene.attempt(subscriptionId, { ...FAILURE, httpStatus: 410, outcome: "http_4xx" });
    const told = (await scene.rows("notifications")).map((row) => row.operatorId);
    expect(told.toSorted()).toEqual([operatorId, others.manager].toSorted());
    await scene.t.run(async ({ db }) => {
      const row = {
        workspaceId,
        operatorId,
        kind: "webhook_failed" as const,
        severity: "error" as const,
        title: "",
      };
      for (let n = 0; n < 250; n++) await db.insert("notifications", { ...row, createdAt: NOW });
      await db.insert("notifications", { ...row, createdAt: NOW + 1 });
    });
    await scene.operate("markAllRead", {});
    expect(await scene.runJobs("notifications:markMoreRead")).toBe(1);
    const unread = (await scene.rows("notifications")).filter(({ readAt }) => readAt === undefined);
    expect(unread.map((row) => [row.operatorId, row.createdAt])).toEqual(
      expect.arrayContaining([
        [others.manager, NOW],
        [operatorId, NOW + 1],
      ]),
    );
    expect(unread).toHaveLength(2);
    vi.setSystemTime(NOW + 90 * DAY + 1);
    await scene.t.mutation(internal.retention.purge, { what: "notifications" });
    await scene.runJobs("retention:purge");
    expect((await scene.rows("notifications")).map(({ createdAt }) => createdAt)).toEqual([NOW + 1]);
  });
});
