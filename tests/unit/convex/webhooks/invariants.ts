/** What must hold of the outbox whenever nothing is due any more, and at the end. */
import { LEASE_MS, SHARE } from "./receivers";
import type { Endpoint } from "./receivers";
import type { Attempt, Changes, Delivery, Subscription } from "./rows";
import { OVERDUE_MS, SWEEP_EVERY } from "./world";
import type { World } from "./world";

const JITTER = 1.1;
const RETRY_AFTER_FACTOR = 2;
const ATTEMPTS = 6;
/** A batch of the slow lane takes as long as its slowest exchange. */
const BATCH_MS = 15_000;
/** The fast lane's worker looks for what it is called to so often. */
const LOOK_MS = 400;
/** How long a worker that died may seem to have its lane: the fast one, and any. */
const FAST_LEASE_MS = 20_000;
const LANE_LEASE_MS = 60_000;
/** What nobody was called to is overdue and swept up; then whoever seems to have the lane may be dead. */
const LOST_MS = OVERDUE_MS + SWEEP_EVERY + LANE_LEASE_MS + SWEEP_EVERY;

/** Judges what has changed, and what waits, by what the model knows. */
export function judge({ deliveries, attempts, subscriptions }: Changes, world: World): void {
  for (const delivery of deliveries) judgeDelivery(world, delivery, world.rows.attemptsOf(delivery._id));
  for (const attempt of attempts) judgeResult(world, attempt);
  judgeDisabling(world, subscriptions);
  for (const endpoint of world.endpoints) judgeQueue(world, endpoint);
  const { calledAt } = world.rows;
  // Each worker that dies keeps the lane for as long again.
  const unheard = Date.now() - Math.max(calledAt ?? Infinity, world.lostAt);
  const isUnheard = unheard > (world.isLossy ? FAST_LEASE_MS + SWEEP_EVERY : LOOK_MS);
  if (isUnheard && !world.hasLostCalls) world.breach("I5 called, and nobody comes", unheard);
}

function judgeDelivery(world: World, delivery: Delivery, attempts: Attempt[]): void {
  const { _id, state, status, attemptId, leaseUntil, nextRetryAt, dueAt } = delivery;
  const automatic = attempts.filter(({ manual }) => !manual);
  const running = attempts.filter(({ outcome }) => outcome === "sending");
  if (automatic.length > ATTEMPTS) world.breach("I2 more than six", _id, automatic.length);
  if (delivery.attempts !== automatic.length) world.breach("I2 miscounted", delivery, automatic.length);
  if (attempts.some(({ number }, index) => number !== index + 1)) world.breach("numbers", attempts);
  if (running.length > 1) world.breach("I3 two attempts under way", running);
  if (running[0]?._id !== attemptId || (attemptId !== undefined) !== (state === "sending")) {
    world.breach("I3 the lease is not the running attempt's", delivery, running);
  }
  const started = running[0]?.startedAt;
  if (leaseUntil !== (started === undefined ? undefined : started + LEASE_MS))
    world.breach("I3 lease", delivery);
  for (const [index, attempt] of attempts.entries()) {
    const next = attempts[index + 1];
    if (next === undefined) continue;
    if (next.startedAt < (attempt.endedAt ?? Infinity)) world.breach("I3 two leases", attempt, next);
    if (attempt.outcome === "delivered") world.breach("I4 an attempt after success", attempt, next);
  }
  if (state === "ended" && delivery.manualFrom !== undefined) world.breach("asked for, and over", delivery);
  const isDelivered = attempts.at(-1)?.outcome === "delivered";
  if ((status === "delivered") !== isDelivered) world.breach("delivered or not", delivery, attempts);
  if (nextRetryAt !== undefined && (status !== "retrying" || nextRetryAt !== dueAt)) {
    world.breach("next retry", delivery);
  }
  judgeGaps(world, delivery, automatic);
}

/** The time between the end of each automatic attempt and the next one, which is due or was made. */
function judgeGaps(world: World, delivery: Delivery, automatic: Attempt[]): void {
  if ((automatic[0]?.startedAt ?? Infinity) < delivery.createdAt)
    world.breach("I5 before it was there", delivery);
  for (const [index, { _id, endedAt }] of automatic.entries()) {
    const next = automatic[index + 1];
    if (endedAt === undefined) continue;
    const [earliest, latest] = window(world, _id, index, endedAt);
    if (next !== undefined && next.startedAt < earliest)
      world.breach("I5 too early", delivery, next, earliest);
    const isDue = next === undefined && delivery.status === "retrying" && delivery.state === "waiting";
    if (isDue && (delivery.dueAt < earliest || delivery.dueAt > latest)) {
      world.breach("I5 due outside of its step", delivery, earliest, latest);
    }
  }
}

/** When the attempt after this one may be due. */
function window(world: World, attemptId: Attempt["_id"], index: number, endedAt: number): [number, number] {
  const step = world.schedule[index] ?? Infinity;
  const asked =
    world.receivers.requests.find((request) => request.attemptId === attemptId)?.reply.askedMs ?? 0;
  const isKnown = world.rows.attempts.get(attemptId)?.outcome !== "interrupted";
  const wait = Math.min(Math.max(isKnown ? asked : 0, step), step * RETRY_AFTER_FACTOR);
  return [endedAt + wait, endedAt + wait * JITTER];
}

/** Results are those of the receivers. */
function judgeResult(world: World, attempt: Attempt): void {
  const { _id, outcome, startedAt, endedAt } = attempt;
  if (endedAt === undefined) return;
  const request = world.receivers.requests.find(({ attemptId }) => attemptId === _id);
  const took = endedAt - startedAt;
  const subscription = world.rows.subscriptions.find(({ _id }) => _id === attempt.subscriptionId);
  if (attempt.httpStatus === 410 && subscription?.enabled === true && subscription.deletedAt === undefined) {
    world.breach("410, and not disabled", attempt);
  }
  if (outcome === "interrupted") {
    if (!world.isLossy) world.breach("interrupted, though nothing was lost", attempt);
    const isInTime = took >= LEASE_MS && took <= LEASE_MS + SWEEP_EVERY;
    if (!isInTime) world.breach("I3 interrupted within its lease, or long after", attempt);
  } else if (outcome === "not_configured") {
    if (request !== undefined) world.breach("sent without a secret", attempt);
  } else if (outcome !== request?.reply.outcome || endedAt !== request.at + request.reply.latencyMs) {
    world.breach("not the receiver's result", attempt, request?.reply);
  }
  if (took > LEASE_MS + SWEEP_EVERY) world.breach("I3 a result long after its lease", attempt);
}

/** 410 disables, and nothing else that can happen here does. */
function judgeDisabling(world: World, subscriptions: Subscription[]): void {
  for (const { _id, enabled, disabledReason, disabledAt } of subscriptions) {
    const endpoint = world.endpoints.find(({ subscriptionId }) => subscriptionId === _id);
    if (endpoint === undefined || endpoint.enabled === enabled) continue;
    const gone = [...world.rows.attempts.values()].find((attempt) => {
      return attempt.subscriptionId === _id && attempt.httpStatus === 410 && attempt.endedAt === disabledAt;
    });
    if (enabled || disabledReason !== "gone" || gone === undefined) {
      world.breach("enabled or disabled by nobody", endpoint.url, enabled, disabledReason);
    }
    endpoint.enabled = enabled;
  }
}

/** I9, and I5's upper end: what is due is begun at once, unless the endpoint itself is busy, or something was lost. */
function judgeQueue(world: World, { subscriptionId, enabled, isDeleted, url }: Endpoint): void {
  const now = Date.now();
  const own = world.rows.open.filter((one) => one.subscriptionId === subscriptionId);
  const sending = own.filter(({ state }) => state === "sending");
  const waiting = own.filter(({ state }) => state === "waiting");
  const unswept = sending.filter(({ leaseUntil = 0 }) => leaseUntil <= now - SWEEP_EVERY);
  if (unswept.length > 0) world.breach("a lease that the sweep forgot", unswept);
  if (isDeleted || !enabled) {
    if (waiting.length > 0) world.breach("waiting where nothing is sent", url, waiting);
    return;
  }
  const late = now - Math.min(...waiting.map(({ dueAt }) => dueAt));
  if (late < 0) return;
  const attempts = [...world.rows.attempts.values()].filter((one) => one.subscriptionId === subscriptionId);
  const idle = now - Math.max(...attempts.map(({ endedAt = 0 }) => endedAt));
  const isSlow = world.rows.subscriptions.find(({ _id }) => _id === subscriptionId)?.lane === "slow";
  judgeDue(world, url, { isSlow, sending: sending.length, waits: Math.min(late, idle) });
}

type Due = {
  isSlow: boolean;
  sending: number;
  /** Ms since something is due and no attempt has ended. */
  waits: number;
};

function judgeDue(world: World, url: string, { isSlow, sending, waits }: Due): void {
  // Whoever has an attempt of the slow lane under way goes on with the lane afterwards.
  if (sending >= (isSlow ? 1 : SHARE)) return;
  if (world.isLossy) {
    if (sending === 0 && waits > LOST_MS) world.breach("I5 lost for too long", url, waits);
    return;
  }
  const lane = world.rows.lanes.find((row) => row.lane === (isSlow ? "slow" : "fast"));
  if ((lane?.leaseUntil ?? 0) <= Date.now()) world.breach("I9 due, and nobody is there", url, waits, sending);
  if (waits > (isSlow ? BATCH_MS : LOOK_MS)) world.breach("I9 passed over", url, waits);
}

/** Each event has one delivery for each endpoint that it is for, and none else. */
function judgeEvents(world: World): void {
  const deliveries = [...world.rows.deliveries.values()];
  const ofEvents = deliveries.filter(({ eventId }) => eventId !== undefined);
  let expected = 0;
  for (const [eventId, event] of world.receivers.events) {
    expected += event.expected.size;
    for (const subscriptionId of event.expected.keys()) {
      const own = ofEvents.filter((one) => one.eventId === eventId && one.subscriptionId === subscriptionId);
      if (own.length !== 1) world.breach("I1 not one delivery", eventId, subscriptionId, own.length);
    }
  }
  if (ofEvents.length !== expected) world.breach("I7, I8 deliveries too many", ofEvents.length, expected);
  const tests = deliveries.length - ofEvents.length;
  if (tests !== world.tests) world.breach("not the tests that were asked for", tests, world.tests);
}

/** Once all has come to its end. */
export async function judgeEnd(world: World): Promise<void> {
  judgeEvents(world);
  if (!(await world.rows.isAsStored(world.t))) world.breach("what was over has changed");
  for (const delivery of world.rows.deliveries.values()) {
    const { state, status, subscriptionId } = delivery;
    const endpoint = world.endpoints.find((one) => one.subscriptionId === subscriptionId);
    if (state !== "ended") world.breach("I1 never ended", delivery);
    if (status === "pending" || status === "retrying") world.breach("I1 ended as nothing", delivery);
    if (status === "canceled" && endpoint?.isDeleted !== true) world.breach("I1 canceled", delivery);
    const own = world.rows.attemptsOf(delivery._id);
    const isGivenUp = own.filter(({ manual }) => !manual).length === ATTEMPTS;
    const isGone = own.some(({ httpStatus }) => httpStatus === 410);
    const isTest = delivery.eventId === undefined;
    if (status === "failed" && !isGivenUp && !isGone && !isTest)
      world.breach("I1 given up early", delivery, own);
  }
  const jobs = await world.t.run(({ db }) => db.system.query("_scheduled_functions").collect());
  const failed = jobs.filter(({ state }) => state.kind === "failed");
  if (failed.length > 0) world.breach("a function failed", failed);
}
