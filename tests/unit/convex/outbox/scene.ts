/** The outbox on convex-test with time that stands still: nothing that is scheduled runs unless a case runs it. */
import { expect } from "vitest";
import type { FunctionReference } from "convex/server";
import { api, internal } from "../../../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../../../convex/_generated/dataModel";
import { sha256Hex } from "../../../../convex/logic/tokens";
import { recordEvent } from "../../../../convex/model/events";
import type { AppEvent } from "../../../../convex/model/events";
import type { AttemptRequest, ExchangeResult } from "../../../../convex/validators/webhooks";
import { convexTestApp } from "../../../helpers/convex-test";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Subscription = Doc<"webhookSubscriptions">;
export type Delivery = Doc<"webhookDeliveries">;

const TOKEN = "5".repeat(64);
const OPERATIONS = {
  finishRotation: api.webhooks.finishRotation,
  manualRetry: api.webhooks.manualRetry,
  markAllRead: api.notifications.markAllRead,
  replayFailed: api.webhooks.replayFailed,
  setEnabled: api.webhooks.setEnabled,
  update: api.webhooks.update,
};

export const OK: ExchangeResult = { outcome: "delivered", httpStatus: 200, latencyMs: 10 };
export const FAILURE: ExchangeResult = { outcome: "http_5xx", httpStatus: 500, latencyMs: 10 };

export async function makeScene() {
  const t = convexTestApp({ transactionLimits: true });
  const { workspaceId, brandId, operatorId, leadId } = await t.run(async ({ db }) => {
    const at = Date.now();
    const workspaceId = await db.insert("workspaces", { slug: "a", name: "A", plan: "spark", createdAt: at });
    const brandId = await db.insert("brands", {
      ...{ workspaceId, slug: "main", name: "Acme", widgetId: "ws_1", primaryColor: "#123456" },
      ...{ welcomeMessage: "Hi", position: "br" as const, allowedOrigins: [], createdAt: at },
    });
    const operatorId = await db.insert("operators", {
      ...{ workspaceId, email: "ada@acme.test", name: "Ada", role: "owner" as const },
      ...{ brandAccess: "all" as const, passwordHash: "", createdAt: at },
    });
    await db.insert("sessions", {
      ...{ scope: "session" as const, operatorId, workspaceId, tokenHash: await sha256Hex(TOKEN) },
      ...{ expiresAt: at + 365 * DAY, createdAt: at },
    });
    const leadId = await db.insert("leads", {
      ...{ workspaceId, brandId, name: "Maya", status: "new" as const },
      ...{ createdBy: operatorId, createdAt: at, updatedAt: at },
    });
    return { workspaceId, brandId, operatorId, leadId };
  });

  const rows = <T extends TableNames>(table: T): Promise<Doc<T>[]> =>
    t.run(({ db }) => db.query(table).collect());

  const scene = {
    ...{ t, workspaceId, brandId, operatorId, leadId, rows },
    /** The owner, as functions for operators ask for. */
    caller: { sessionToken: TOKEN },

    subscribe: (fields: Partial<Subscription> = {}): Promise<Id<"webhookSubscriptions">> =>
      t.run(({ db }) =>
        db.insert("webhookSubscriptions", {
          ...{ workspaceId, url: "https://hooks.example.com/", isPrivate: false, events: ["lead.created"] },
          ...{ enabled: true, lane: "fast" as const, secret: { current: "sealed" }, secretPreview: "" },
          ...{ createdBy: operatorId, createdAt: Date.now(), updatedAt: Date.now() },
          ...fields,
        }),
      ),

    subscription: (id: Id<"webhookSubscriptions">): Promise<Subscription> =>
      t.run(async ({ db }) => (await db.get("webhookSubscriptions", id))!),

    /** A change of the product's, with its events. */
    emit: (types: AppEvent["type"][] = ["lead.created"]): Promise<null> =>
      t.mutation(async (ctx) => {
        for (const type of types)
          await recordEvent(ctx, { workspaceId, brandId }, eventOf(type, leadId), Date.now());
        return null;
      }),

    deliver: (
      subscriptionId: Id<"webhookSubscriptions">,
      fields: Partial<Delivery> = {},
    ): Promise<Id<"webhookDeliveries">> =>
      t.run(async ({ db }) => {
        const now = Date.now();
        const eventId = await db.insert("events", {
          ...{ workspaceId, brandId, type: "lead.created" as const, payload: "{}", occurredAt: now },
          commitTs: 0n,
        });
        return await db.insert("webhookDeliveries", {
          ...{ workspaceId, brandId, subscriptionId, eventId, eventType: "lead.created" as const },
          ...{
            status: "pending" as const,
            state: "waiting" as const,
            dueAt: now,
            attempts: 0,
            createdAt: now,
          },
          ...fields,
        });
      }),

    delivery: (id: Id<"webhookDeliveries">): Promise<Delivery> =>
      t.run(async ({ db }) => (await db.get("webhookDeliveries", id))!),

    /** Functions that are scheduled and have not run, by their names. */
    scheduled: async (name?: string) => {
      const jobs = await t.run(({ db }) => db.system.query("_scheduled_functions").collect());
      return jobs.filter((job) => job.state.kind === "pending" && (name === undefined || job.name === name));
    },

    /** The lease of the worker that a lane has. */
    lease: async (lane: "fast" | "slow"): Promise<number> => {
      const found = (await rows("webhookLanes")).find((row) => row.lane === lane);
      expect(found?.leaseUntil).toBeGreaterThan(Date.now());
      return found!.lease;
    },

    dispatch: (...subscriptionIds: Id<"webhookSubscriptions">[]) =>
      t.mutation(internal.webhookDelivery.dispatch, { subscriptionIds }),

    /** What the fast lane's worker takes at once; starts one if there is none. */
    take: async (worker: { isIdle?: boolean; isBusy?: boolean } = {}) => {
      await t.mutation(internal.webhookDelivery.wake, { lane: "fast" });
      const lease = await scene.lease("fast");
      const args = { lease, isIdle: true, isBusy: false, ...worker };
      return await t.mutation(internal.webhookDelivery.takeFast, args);
    },

    /** Ends the attempts with these results; gives what is claimed then. */
    record: (requests: AttemptRequest[], result: ExchangeResult, next: "claim" | "call" | "none" = "none") =>
      t.mutation(internal.webhookDelivery.record, {
        results: requests.map(({ attemptId }) => ({ attemptId, result })),
        next,
      }),

    /** A function of the dashboard, by the owner. */
    operate: (name: keyof typeof OPERATIONS, args: object) =>
      t.mutation(OPERATIONS[name], { sessionToken: TOKEN, ...args }),

    retry: (deliveryId: Id<"webhookDeliveries">) => scene.operate("manualRetry", { deliveryId }),

    /** Runs what is scheduled under this name and due, and what that schedules in turn; gives how many ran. */
    runJobs: async (name: string): Promise<number> => {
      for (let ran = 0; ; ran++) {
        const jobs = await scene.scheduled(name);
        const job = jobs.find(({ scheduledTime }) => scheduledTime <= Date.now());
        if (job === undefined) return ran;
        await t.mutation(({ scheduler }) => scheduler.cancel(job._id));
        const [module = "", fn = ""] = name.split(":");
        const modules = internal as unknown as Record<
          string,
          Record<string, FunctionReference<"mutation", "internal">>
        >;
        await t.mutation(modules[module]![fn]!, job.args[0] as never);
      }
    },

    sweep: () => t.mutation(internal.webhookDelivery.sweep, {}),

    /** One attempt at what is due of the endpoint, and its result. */
    attempt: async (subscriptionId: Id<"webhookSubscriptions">, result: ExchangeResult) => {
      await scene.dispatch(subscriptionId);
      const { requests } = await scene.take();
      expect(requests).toHaveLength(1);
      await scene.record(requests, result);
    },
  };
  return scene;
}

export type Scene = Awaited<ReturnType<typeof makeScene>>;

function eventOf(type: AppEvent["type"], leadId: Id<"leads">): AppEvent {
  const data = { leadId, brandId: "", name: "Maya", status: "new", createdAt: 0 };
  return { type, data } as unknown as AppEvent;
}
