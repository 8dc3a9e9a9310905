// @vitest-environment node
/**
 * The outbox under schedules of changes, time, receivers, crashes and what people do, with the product's functions on
 * convex-test: after each step and at the end its promises must hold. PRAXTALK_LONG=1: 10,000 schedules.
 */
import fc from "fast-check";
import { beforeAll, describe, test, vi } from "vitest";
import type * as functions from "../../../../convex/functions";
import { eventType } from "../../../../convex/validators";
import type { EventType } from "../../../../convex/validators";
import type { ExchangeRequest } from "../../../../convex/webhookExchange/exchange";
import { loadModules } from "../../../helpers/convex-test";
import * as commands from "./commands";
import type { Command } from "./commands";
import { judge, judgeEnd } from "./invariants";
import { FINE } from "./replies";
import { watchCrypto } from "./virtual-time";
import { World } from "./world";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const SCHEDULES = isLong ? 10_000 : 50;

const current: { world: World | null } = vi.hoisted(() => ({ world: null }));

vi.mock("../../../../convex/functions", async (importOriginal) => {
  const original = await importOriginal<typeof functions>();
  const { host } = await import("./action-host");
  const internalAction = (definition: { handler: never }) =>
    original.internalAction({ ...definition, handler: host.host(definition.handler) as never });
  return { ...original, internalAction };
});

vi.mock("../../../../convex/webhookExchange/exchange", () => ({
  exchange: (request: ExchangeRequest) => current.world?.receivers.exchange(request),
}));

beforeAll(async () => {
  watchCrypto();
  await loadModules("webhookDelivery", "webhookSender", "webhooks");
});

/** Delays between attempts, in ms. */
const DEFAULT_DELAYS = [30_000, 120_000, 600_000, 3_600_000, 21_600_000];
const QUICK_DELAYS = [1_000, 5_000, 20_000, 60_000, 120_000];
const ALL: EventType[] = eventType.members.map(({ value }) => value);

type Run = {
  delays: number[];
  /** Of the product's random numbers. */
  seed: number;
  /** Whether the receivers are well again at the end. */
  recovers: boolean;
  steps: Iterable<Command>;
};

async function run({ delays, seed, recovers, steps }: Run): Promise<void> {
  const world = new World(delays);
  current.world = world;
  const restore = world.time.install();
  const random = vi.spyOn(Math, "random").mockImplementation(randomNumbers(seed));
  try {
    await world.build();
    world.onSettled = judge;
    const [first, second, foreign] = world.brands;
    if (first === undefined || second === undefined || foreign === undefined) throw new Error("No brands.");
    await world.addEndpoint(first, { events: ALL, ofBrand: false });
    await world.addEndpoint(second, { events: ["message.created", "lead.created"], ofBrand: true });
    await world.addEndpoint(foreign, { events: ALL, ofBrand: false });
    await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
    if (recovers) for (const endpoint of world.endpoints) endpoint.replies = [FINE];
    await world.finish();
    await judgeEnd(world);
    world.expectNoBreach();
  } finally {
    random.mockRestore();
    restore();
  }
}

/** mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const runs: fc.Arbitrary<Run> = fc.record({
  delays: fc.constantFrom(QUICK_DELAYS, DEFAULT_DELAYS),
  seed: fc.nat(),
  recovers: fc.constantFrom(true, true, false),
  steps: fc.commands([commands.anyCommand], { maxCommands: 20, size: "max" }),
});

/** Schedules that broke a promise once. */
const BROKE: Record<string, Command[]> = {
  "a worker dies, and so does the one that takes over from it": [
    commands.ticking(15_000),
    commands.crashing("after claim"),
    commands.bursting([0, 2]),
    commands.dispatchingTwice(null),
    commands.crashing("before claim"),
    commands.ticking(61_000),
  ],
  "an endpoint goes to the slow lane while it has attempts of the fast lane under way": [
    commands.behaving([0, [{ outcome: "delivered", httpStatus: 200, latencyMs: 14_900 }]]),
    commands.bursting([0, 8]),
    commands.ticking(600_000),
  ],
};

describe("the outbox", () => {
  test.each(Object.entries(BROKE))("keeps its promises when %s", async (_name, steps) => {
    await run({ delays: DEFAULT_DELAYS, seed: 1, recovers: false, steps });
  });

  test(
    `keeps its promises under any schedule (${SCHEDULES} of them)`,
    { timeout: isLong ? 60 * 60_000 : 60_000 },
    async () => {
      await fc.assert(fc.asyncProperty(runs, run), { numRuns: SCHEDULES });
    },
  );
});
