/** The product on convex-test with time that a test moves, and what the model knows of it. */
import { createHash } from "node:crypto";
import { api, internal } from "../../../../convex/_generated/api";
import type { Doc, Id } from "../../../../convex/_generated/dataModel";
import type { DatabaseWriter } from "../../../../convex/_generated/server";
import type { EventType } from "../../../../convex/validators";
import { convexTestApp } from "../../../helpers/convex-test";
import { host } from "./action-host";
import type { CrashPoint } from "./action-host";
import { Receivers } from "./receivers";
import type { Emitted, Endpoint } from "./receivers";
import { FINE } from "./replies";
import { Rows } from "./rows";
import type { Changes } from "./rows";
import { VirtualTime, untilAtRest } from "./virtual-time";

/** More than it ever takes to come to the end, and to be through with what is due at one time. */
const STEPS_MAX = 5_000;
const TIMERS_MAX = 2_000;
const STARTS_AT = Date.UTC(2030, 0, 1);
export const SWEEP_EVERY = 30_000;
/** Something that is due for so long is what the sweep looks for. */
export const OVERDUE_MS = 30_000;
export const KEY = Buffer.alloc(32, 1).toString("base64");
export const WRONG_KEY = Buffer.alloc(32, 2).toString("base64");

const CALLS = new Set(["webhookDelivery:dispatch", "webhookDelivery:wake"]);

export type Brand = {
  brandId: Id<"brands">;
  widgetId: string;
  team: Team;
  chat: { conversationId: Id<"conversations">; visitorKey: string; status: "open" | "resolved" } | null;
  lead: { leadId: Id<"leads">; turns: number } | null;
};
export type Team = { workspaceId: Id<"workspaces">; sessionToken: string };

export class World {
  readonly time = new VirtualTime(STARTS_AT);
  readonly receivers = new Receivers(host);
  readonly brands: Brand[] = [];
  readonly t = convexTestApp();
  /** Whether anything was lost, so that something may wait for the end of a lease, or for the sweep. */
  isLossy = false;
  /** When a worker was lost last, whose lease may outlive it. */
  lostAt = 0;
  /** Whether what was lost were calls for a worker, which nobody but the sweep knows of then. */
  hasLostCalls = false;
  /** Whether the deployment has the key that opens the endpoints' secrets. */
  hasKey = true;
  /** Deliveries of no event that were asked for. */
  tests = 0;
  readonly rows = new Rows();
  onSettled: (changes: Changes, world: World) => void = () => undefined;
  #lastSweep = STARTS_AT;
  #count = 0;

  constructor(readonly schedule: readonly number[]) {
    process.env.PRAXTALK_SECRET_KEY = KEY;
    process.env.PRAXTALK_WEBHOOK_RETRY_SCHEDULE = schedule.map((ms) => `${ms}ms`).join(",");
    host.reset();
  }

  get endpoints(): Endpoint[] {
    return this.receivers.endpoints;
  }

  breach(what: string, ...facts: unknown[]): void {
    this.receivers.breach(what, ...facts);
  }

  expectNoBreach(): void {
    if (this.receivers.breaches.length > 0) throw new Error(this.receivers.breaches.join("\n"));
  }

  /** A number that nothing has had yet. */
  next(): number {
    return ++this.#count;
  }

  /** Two workspaces, the first with two brands. No login: a password's hash takes a third of a second. */
  async build(): Promise<void> {
    await this.t.run(async ({ db }) => {
      const [acme, rival] = [await insertTeam(db, "acme"), await insertTeam(db, "rival")];
      for (const team of [acme, acme, rival]) this.brands.push(await insertBrand(db, team, this.next()));
      return null;
    });
  }

  async addEndpoint(
    { team, brandId }: Brand,
    { events, ofBrand }: { events: EventType[]; ofBrand: boolean },
  ): Promise<Endpoint> {
    const url = `https://hooks${this.next()}.example.com/in`;
    const filter = ofBrand ? { brandId } : {};
    const { sessionToken } = team;
    const made = await this.t.action(api.webhooks.create, { sessionToken, url, events, ...filter });
    const endpoint: Endpoint = {
      ...{ subscriptionId: made.subscriptionId, url, events, brandId: ofBrand ? brandId : null, ...team },
      ...{
        enabled: true,
        isDeleted: false,
        secrets: [made.secret],
        rotation: null,
        replies: [FINE],
        turn: 0,
      },
    };
    this.endpoints.push(endpoint);
    return endpoint;
  }

  /** Makes a change by the product's functions; exactly events of these types must come of it, with their deliveries. */
  async change({ team, brandId }: Brand, types: EventType[], make: () => Promise<unknown>): Promise<void> {
    const before = new Set(this.receivers.events.keys());
    await make();
    const rows = await this.t.run(({ db }) => db.query("events").collect());
    const fresh = rows.filter(({ _id }) => !before.has(_id));
    const seen = fresh.map(({ type }) => type).sort();
    if (seen.join() !== [...types].sort().join()) this.breach("not these events", seen, types);
    for (const event of fresh) {
      if (event.workspaceId !== team.workspaceId || event.brandId !== brandId) {
        this.breach("I8 an event elsewhere", event);
      }
      this.receivers.events.set(event._id, this.#expect(event, brandId));
    }
    await this.settle();
  }

  #expect({ workspaceId, type, payload }: Doc<"events">, brandId: Id<"brands">): Emitted {
    const matching = this.endpoints.filter(
      (endpoint) =>
        !endpoint.isDeleted &&
        endpoint.workspaceId === workspaceId &&
        endpoint.events.includes(type) &&
        (endpoint.brandId === null || endpoint.brandId === brandId),
    );
    const expected = new Map(
      matching.map(
        ({ subscriptionId, enabled }) => [subscriptionId, enabled ? "pending" : "skipped"] as const,
      ),
    );
    return { workspaceId, brandId, type, data: JSON.parse(payload) as unknown, expected };
  }

  crashAt(point: CrashPoint): void {
    host.arm(point);
  }

  /** The process dies and starts again: what is scheduled is still there. */
  killAll(): void {
    if (host.killAll()) this.#loseWorker();
  }

  #loseWorker(): void {
    this.isLossy = true;
    this.lostAt = Date.now();
  }

  /** Runs what is due now to its end, then judges. */
  async settle(): Promise<void> {
    for (let timers = 0; ; timers++) {
      if (timers === TIMERS_MAX) return this.breach("it never comes to rest");
      if (host.armed === "before claim") await this.#loseCalls();
      if (!this.time.runDueTimer()) break;
      const armed = host.armed;
      await untilAtRest();
      if (armed !== host.armed) this.#loseWorker();
    }
    if (this.receivers.hasStalled) this.isLossy = true;
    this.onSettled(await this.rows.refresh(this.t), this);
    // What was lost has been made up for: from here on there is no excuse any more.
    const { open, lanes, calledAt } = this.rows;
    if (open.length === 0 && calledAt === null && lanes.every(({ leaseUntil }) => leaseUntil === 0)) {
      this.isLossy = this.hasLostCalls = this.receivers.hasStalled = false;
    }
  }

  /** Calls for a worker that are due, lost before they led to anything. */
  async #loseCalls(): Promise<void> {
    const now = Date.now();
    const lost = await this.t.run(async ({ db, scheduler }) => {
      const jobs = await db.system.query("_scheduled_functions").collect();
      const due = jobs.filter(
        ({ name, state, scheduledTime }) =>
          CALLS.has(name) && state.kind === "pending" && scheduledTime <= now,
      );
      for (const { _id } of due) await scheduler.cancel(_id);
      return due.length;
    });
    if (lost === 0) return;
    host.disarm();
    this.isLossy = this.hasLostCalls = true;
  }

  /** Lets time pass, with a sweep wherever on the clock's half minutes one could find anything. */
  async advanceTo(end: number): Promise<void> {
    while (Date.now() < end && this.receivers.breaches.length === 0) {
      const at = Math.min(this.time.nextTimerAt, this.#nextSweep(), end);
      this.time.setNow(Math.max(at, Date.now()));
      if (this.#nextSweep() <= Date.now()) await this.sweep();
      else await this.settle();
    }
  }

  async sweep(): Promise<void> {
    this.#lastSweep = Date.now();
    await this.t.mutation(internal.webhookDelivery.sweep, {});
    await this.settle();
  }

  /** The first half minute at which a lease is over or something is overdue; those before would find nothing. */
  #nextSweep(): number {
    const { open, lanes } = this.rows;
    const times = open.map(({ dueAt, leaseUntil }) => leaseUntil ?? dueAt + OVERDUE_MS);
    times.push(...lanes.flatMap(({ leaseUntil }) => (leaseUntil > 0 ? leaseUntil : [])));
    if (times.length === 0) return Infinity;
    const from = Math.max(Math.min(...times), this.#lastSweep + 1);
    return Math.ceil(from / SWEEP_EVERY) * SWEEP_EVERY;
  }

  /** Lets time pass until every delivery has come to its end. */
  async finish(): Promise<void> {
    host.disarm();
    await this.settle();
    for (let step = 0; this.rows.open.length > 0 && this.receivers.breaches.length === 0; step++) {
      const next = Math.min(this.time.nextTimerAt, this.#nextSweep());
      if (step === STEPS_MAX || next === Infinity) return this.breach("I1 it never ends");
      await this.advanceTo(Math.max(next, Date.now() + 1));
    }
  }
}

async function insertTeam(db: DatabaseWriter, slug: string): Promise<Team> {
  const sessionToken = slug.padEnd(64, "0");
  const tokenHash = createHash("sha256").update(sessionToken).digest("hex");
  const createdAt = Date.now();
  const workspaceId = await db.insert("workspaces", { slug, name: slug, plan: "spark", createdAt });
  const operatorId = await db.insert("operators", {
    ...{ workspaceId, email: `${slug}@acme.test`, name: "Ada", role: "owner", brandAccess: "all" },
    ...{ passwordHash: "$scrypt$ln=17,r=8,p=1$AAAA$AAAA", createdAt },
  });
  const expiresAt = createdAt + 365 * 24 * 3_600_000;
  const session = { scope: "session" as const, operatorId, workspaceId, tokenHash, expiresAt, createdAt };
  await db.insert("sessions", session);
  return { workspaceId, sessionToken };
}

async function insertBrand(db: DatabaseWriter, team: Team, n: number): Promise<Brand> {
  const widgetId = `ws_${String(n).padStart(16, "0")}`;
  const brandId = await db.insert("brands", {
    ...{ workspaceId: team.workspaceId, slug: `b${n}`, name: "Brand", widgetId, createdAt: Date.now() },
    ...{ primaryColor: "#123456", welcomeMessage: "Hi", position: "bl", allowedOrigins: [] },
  });
  return { brandId, widgetId, team, chat: null, lead: null };
}
