/** What can happen to the outbox: commands for fast-check, each of which leaves everything that was due done. */
import fc from "fast-check";
import { api, internal } from "../../../../convex/_generated/api";
import { CRASH_POINTS } from "./action-host";
import type { CrashPoint } from "./action-host";
import { CHANGES, aborted, burst, change } from "./changes";
import type { Change } from "./changes";
import type { Endpoint } from "./receivers";
import { replies } from "./replies";
import type { Reply } from "./replies";
import type { Delivery } from "./rows";
import { KEY, WRONG_KEY } from "./world";
import type { Brand, World } from "./world";

type Model = Record<string, never>;
export type Command = fc.AsyncCommand<Model, World>;

/** Makes commands of this name: what they do with what they are given. */
function command<Given>(name: string, run: (world: World, given: Given) => Promise<void>) {
  return (given: Given): Command => ({
    check: () => true,
    run: async (_model, world) => {
      await run(world, given);
      world.expectNoBreach();
    },
    toString: () => `${name}(${fc.stringify(given)})`,
  });
}

const pick = <T>(from: readonly T[], index: number): T | undefined => from[index % from.length];

/** Something in one of the brands. */
function inBrand<Given>(name: string, run: (world: World, brand: Brand, given: Given) => Promise<void>) {
  return command<[at: number, given: Given]>(name, async (world, [at, given]) => {
    const brand = pick(world.brands, at);
    if (brand !== undefined) await run(world, brand, given);
  });
}

/** Something about one of the endpoints that are not deleted. */
function atEndpoint<Given>(
  name: string,
  run: (world: World, endpoint: Endpoint, given: Given) => Promise<void>,
) {
  return command<[at: number, given: Given]>(name, async (world, [at, given]) => {
    const endpoint = pick(
      world.endpoints.filter(({ isDeleted }) => !isDeleted),
      at,
    );
    if (endpoint !== undefined) await run(world, endpoint, given);
    await world.settle();
  });
}

/* Changes, time, crashes, the receivers */

export const changing = inBrand<Change>("change", change);
export const bursting = inBrand<number>("burst", burst);
export const aborting = inBrand<null>("aborted change", aborted);
export const ticking = command<number>("tick", (world, ms) => world.advanceTo(Date.now() + ms));
export const sweeping = command<null>("sweep", (world) => world.sweep());
export const crashing = command<CrashPoint>("crash", async (world, point) => world.crashAt(point));

export const killing = command<null>("kill", async (world) => {
  world.killAll();
  await world.settle();
});

export const dispatchingTwice = command<null>("dispatch twice", async (world) => {
  const ids = world.endpoints.map(({ subscriptionId }) => subscriptionId);
  const args = { subscriptionIds: [...ids, ...ids] };
  const dispatch = () => world.t.mutation(internal.webhookDelivery.dispatch, args);
  await Promise.all([dispatch(), dispatch()]);
  await world.settle();
});

export const behaving = atEndpoint<Reply[]>("behave", async (_world, endpoint, replies) => {
  Object.assign(endpoint, { replies, turn: 0 });
});

export const losingKey = command<null>("lose or find the key", async (world) => {
  world.hasKey = !world.hasKey;
  process.env.PRAXTALK_SECRET_KEY = world.hasKey ? KEY : WRONG_KEY;
});

/* What people do */

export const enabling = atEndpoint<boolean>("enable or disable", async (world, endpoint, enabled) => {
  const { sessionToken, subscriptionId } = endpoint;
  await world.t.mutation(api.webhooks.setEnabled, { sessionToken, subscriptionId, enabled });
  endpoint.enabled = enabled;
});

export const removing = atEndpoint<null>("delete", async (world, endpoint) => {
  const { sessionToken, subscriptionId } = endpoint;
  await world.t.mutation(api.webhooks.remove, { sessionToken, subscriptionId });
  endpoint.isDeleted = true;
});

export const testing = atEndpoint<null>("send a test", async (world, { sessionToken, subscriptionId }) => {
  await world.t.mutation(api.webhooks.sendTest, { sessionToken, subscriptionId });
  world.tests++;
});

export const replaying = atEndpoint<number>("replay", async (world, endpoint, ago) => {
  const { sessionToken, subscriptionId, enabled } = endpoint;
  const since = Date.now() - ago;
  const missed = [...world.rows.deliveries.values()].filter(
    ({ state, status, eventId, createdAt, ...row }) =>
      row.subscriptionId === subscriptionId &&
      (status === "failed" || status === "skipped") &&
      state === "ended" &&
      eventId !== undefined &&
      createdAt >= since,
  );
  const args = { sessionToken, subscriptionId, since };
  await refusedUnless(world, enabled, "replay", () => world.t.mutation(api.webhooks.replayFailed, args));
  await world.settle();
  // A 410 among the replies has ended it.
  if (endpoint.enabled) for (const { _id } of missed) expectAsked(world, _id);
});

/** Somebody has asked for an attempt now: it is made, or waits for its turn. */
function expectAsked(world: World, deliveryId: Delivery["_id"]): void {
  const { rows } = world;
  const attempts = rows.attemptsOf(deliveryId);
  const isMade = attempts.some(({ manual, startedAt }) => manual && startedAt === Date.now());
  const { state, manualFrom } = rows.deliveries.get(deliveryId) ?? {};
  const isToCome = state === "waiting" && manualFrom !== undefined;
  if (!isMade && !isToCome) world.breach("asked for, and not made", rows.deliveries.get(deliveryId));
}

export const rotating = atEndpoint<null>("rotate", async (world, endpoint) => {
  const { sessionToken, subscriptionId, secrets, rotation } = endpoint;
  // With the wrong key it would be sealed so that the right one cannot open it.
  if (!world.hasKey) return;
  const isOver = rotation === null || Date.now() >= rotation.until;
  await refusedUnless(world, isOver, "rotate", async () => {
    const { secret } = await world.t.action(api.webhooks.rotateSecret, { sessionToken, subscriptionId });
    endpoint.secrets = [secret, ...secrets.slice(0, 1)];
    endpoint.rotation = { until: Date.now() + 24 * 3_600_000, isConfirmed: false };
  });
});

export const confirming = atEndpoint<null>("confirm", async (world, endpoint) => {
  const { sessionToken, subscriptionId, rotation } = endpoint;
  await world.t.mutation(api.webhooks.confirmSecret, { sessionToken, subscriptionId });
  if (rotation !== null) rotation.isConfirmed = true;
});

export const finishing = atEndpoint<null>("finish the rotation", async (world, endpoint) => {
  const { sessionToken, subscriptionId } = endpoint;
  await world.t.mutation(api.webhooks.finishRotation, { sessionToken, subscriptionId });
  endpoint.rotation = null;
});

export const retryingTwice = command<number>("retry now, twice", async (world, at) => {
  const delivery = pick([...world.rows.deliveries.values()], at);
  if (delivery === undefined) return;
  const isAllowed = await retryNow(world, delivery);
  // The first is under way, so that there is no second.
  await retryNow(world, { ...delivery, state: "sending" });
  await world.settle();
  if (isAllowed) expectAsked(world, delivery._id);
});

/** Whether it must be done. */
async function retryNow(world: World, { _id, subscriptionId, state, status }: Delivery): Promise<boolean> {
  const endpoint = world.endpoints.find((one) => one.subscriptionId === subscriptionId);
  if (endpoint === undefined) return false;
  const { enabled, isDeleted, sessionToken } = endpoint;
  const isAllowed = enabled && !isDeleted && state !== "sending" && status !== "delivered";
  await refusedUnless(world, isAllowed, "retry now", () =>
    world.t.mutation(api.webhooks.manualRetry, { sessionToken, deliveryId: _id }),
  );
  return isAllowed;
}

async function refusedUnless(
  world: World,
  isAllowed: boolean,
  what: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const isDone = await call().then(
    () => true,
    () => false,
  );
  if (isDone !== isAllowed) world.breach(`${what} was ${isDone ? "done" : "refused"}`);
}

/* All of them */

const TICKS = [1, 900, 5_000, 15_000, 31_000, 61_000, 125_000, 600_000, 3_700_000];
const at = fc.nat(1_000);
const nothing = fc.constant(null);

/** Each as often as the number before it says, of all of them. */
const WEIGHED: [weight: number, fc.Arbitrary<Command>][] = [
  [10, fc.tuple(at, fc.constantFrom(...CHANGES)).map(changing)],
  [3, fc.tuple(at, fc.integer({ min: 2, max: 9 })).map(bursting)],
  [1, fc.tuple(at, nothing).map(aborting)],
  [8, fc.constantFrom(...TICKS).map(ticking)],
  [1, nothing.map(sweeping)],
  [4, fc.constantFrom(...CRASH_POINTS).map(crashing)],
  [2, nothing.map(killing)],
  [1, nothing.map(dispatchingTwice)],
  [6, fc.tuple(at, replies).map(behaving)],
  [1, nothing.map(losingKey)],
  [3, fc.tuple(at, fc.boolean()).map(enabling)],
  [1, fc.tuple(at, nothing).map(removing)],
  [1, fc.tuple(at, nothing).map(testing)],
  [2, fc.tuple(at, fc.constantFrom(0, 60_000, 1e9)).map(replaying)],
  [1, fc.tuple(at, nothing).map(rotating)],
  [1, fc.tuple(at, nothing).map(confirming)],
  [1, fc.tuple(at, nothing).map(finishing)],
  [3, at.map(retryingTwice)],
];

export const anyCommand = fc.oneof(...WEIGHED.map(([weight, arbitrary]) => ({ weight, arbitrary })));
