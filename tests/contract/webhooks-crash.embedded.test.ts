/**
 * kill -9 while changes are made and their webhooks are sent: afterwards each change that is there has its events, each
 * event was received by each endpoint, always as the same bytes, and every signature verifies. PRAXTALK_LONG=1: 1,000
 * changes and 12 kills.
 */
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../convex/_generated/dataModel";
import { getFunctionName } from "convex/server";
import { verify } from "../../docs/webhooks/verify.mjs";
import { runAsAdmin, setEnvironment } from "../helpers/admin";
import { startBackend } from "../helpers/embedded";
import type { Backend, ConvexProject } from "../helpers/embedded";
import { productProject } from "../helpers/product";
import { BEHAVIOURS, startReceiver } from "../helpers/receivers";
import type { Behaviour, Received, Receiver } from "../helpers/receivers";
import { testClock } from "../helpers/test-clock";
import type { TestClock } from "../helpers/test-clock";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const CHANGES = isLong ? 1_000 : 150;
const KILLS = isLong ? 12 : 2;
const WRITERS = 8;
/** A kill comes up to so many ms after its share of the changes: at any point of the changes, attempts and results. */
const KILL_WITHIN_MS = 60;
/** More than any lease and the time between sweeps. */
const LONG_INTERRUPTION_MS = 95_000;

const SCENES = `
import { internalQueryGeneric as internalQuery } from "convex/server";
import { v } from "convex/values";
export const rows = internalQuery({ args: { table: v.string() }, handler: (ctx, { table }) => ctx.db.query(table).collect() });
`;

type Endpoint = { path: string; subscriptionId: Id<"webhookSubscriptions">; secret: string };
/** `at`: Unix seconds by the machine's clock, which Node actions go by, however far the test moves the backend's. */
type Arrival = Received & { at: number };

let project: ConvexProject;
let clock: TestClock;
let backend: Backend;
let receiver: Receiver;
const arrivals: Arrival[] = [];

beforeAll(async () => {
  project = productProject({ "scenes.ts": SCENES });
  clock = testClock(project.dir);
  receiver = await startReceiver((socket, request) => {
    arrivals.push({ ...request, at: Date.now() / 1000 });
    behaviourFor(request)(socket, request);
  });
  backend = await startBackend({ env: clock.env });
  await setEnvironment(backend, {
    CLERK_JWT_ISSUER_DOMAIN: "none",
    PRAXTALK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
    PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "200ms,300ms,500ms,1s,2s",
  });
  await backend.push(project.dir);
});

afterAll(async () => {
  await backend?.stop();
  await receiver?.close();
  project?.remove();
});

/** How `/ill` fails some events when they come for the first time. `/well` takes everything. */
const FAILURES: Behaviour[] = [
  BEHAVIOURS["500"],
  BEHAVIOURS["reset before headers"],
  BEHAVIOURS["close mid-headers"],
  BEHAVIOURS["404"],
];
/** Often enough for retries of every kind, and seldom enough for the endpoint to count as one that answers. */
const FAILS_ONCE_IN = 4;

function behaviourFor({ path, headers }: Received): Behaviour {
  const there = arrivals.filter((arrival) => arrival.path === path);
  const ofEvent = there.filter((arrival) => arrival.headers.get("webhook-id") === headers.get("webhook-id"));
  const isFailed = path === "/ill" && ofEvent.length === 1 && there.length % FAILS_ONCE_IN === 0;
  const failure = FAILURES[(there.length / FAILS_ONCE_IN) % FAILURES.length];
  return isFailed && failure !== undefined ? failure : BEHAVIOURS["200"];
}

const admin = (name: string, args: Record<string, unknown>): Promise<unknown> =>
  runAsAdmin(backend, name, args);
const rows = async <T extends TableNames>(table: T) => (await admin("scenes:rows", { table })) as Doc<T>[];

async function addEndpoint(client: ConvexHttpClient, sessionToken: string, path: string): Promise<Endpoint> {
  const made = await client.action(api.webhooks.create, {
    sessionToken,
    url: new URL(path, receiver.url).href,
    events: ["lead.created", "lead.status_changed"],
  });
  return { path, ...made };
}

/** Leads by name, each made and then moved on; the writers begin again wherever the deployment did not answer. */
class Writers {
  readonly created = new Set<string>();
  readonly moved = new Set<string>();
  #begun = 0;

  constructor(
    private readonly client: ConvexHttpClient,
    private readonly sessionToken: string,
  ) {}

  /** Changes that the deployment has acknowledged. */
  get acknowledged(): number {
    return this.created.size + this.moved.size;
  }

  async writeAll(): Promise<void> {
    await Promise.all(Array.from({ length: WRITERS }, () => this.#write()));
  }

  async #write(): Promise<void> {
    while (this.acknowledged < CHANGES) {
      const name = `Lead ${++this.#begun}`;
      const { sessionToken } = this;
      // Without an answer nobody knows whether it was made: the writer goes on with another.
      await this.client
        .mutation(api.leads.create, { sessionToken, name })
        .then(async ({ leadId }) => {
          this.created.add(name);
          await this.client.mutation(api.leads.updateStatus, { sessionToken, leadId, status: "won" });
          this.moved.add(name);
        })
        .catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
    }
  }
}

async function killNowAndThen(writers: Writers): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill++) {
    const share = (CHANGES * kill) / (KILLS + 1);
    await vi.waitFor(() => expect(writers.acknowledged).toBeGreaterThanOrEqual(share), {
      timeout: 60_000,
      interval: 5,
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * KILL_WITHIN_MS));
    await backend.kill9();
    // A short interruption leaves leases that last; after a long one, as the last is, a sweep takes up what they cover.
    if (kill % 2 === KILLS % 2) clock.advance(LONG_INTERRUPTION_MS);
    await backend.restart();
  }
}

async function deliverAll(): Promise<Doc<"webhookDeliveries">[]> {
  return await vi.waitFor(
    async () => {
      const deliveries = await rows("webhookDeliveries");
      expect(deliveries.filter(({ state }) => state !== "ended")).toEqual([]);
      return deliveries;
    },
    { timeout: 60_000, interval: 100 },
  );
}

test(
  `${KILLS} kills during ${CHANGES} changes: no event is lost, none is made up, none arrives as another`,
  async () => {
    const { sessionToken } = (await admin(getFunctionName(internal.setup.provision), {
      workspace: "Crash",
      name: "Ada",
      email: "ada@acme.test",
      password: "correct horse battery",
    })) as { sessionToken: string };
    const client = new ConvexHttpClient(backend.url, { logger: false });
    const endpoints = [
      await addEndpoint(client, sessionToken, "/well"),
      await addEndpoint(client, sessionToken, "/ill"),
    ];
    const writers = new Writers(client, sessionToken);
    await Promise.all([writers.writeAll(), killNowAndThen(writers)]);
    const deliveries = await deliverAll();

    const events = await expectEventsOfChanges(writers);
    expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => "delivered"));
    expect(deliveries).toHaveLength(events.length * endpoints.length);
    expect(new Set(arrivals.map(({ headers }) => headers.get("x-praxtalk-delivery"))).size).toBe(
      arrivals.length,
    );
    for (const event of events) expectArrived(event, endpoints);
    const known = new Set(events.map(({ _id }) => _id as string));
    expect(arrivals.filter(({ headers }) => !known.has(headers.get("webhook-id") ?? ""))).toEqual([]);
  },
  isLong ? 20 * 60_000 : 120_000,
);

/** Each lead has the events of what became of it, and there are no others. */
async function expectEventsOfChanges({ created, moved }: Writers): Promise<Doc<"events">[]> {
  const leads = await rows("leads");
  const events = await rows("events");
  const names = new Set(leads.map(({ name }) => name));
  const won = leads.filter(({ status }) => status === "won");
  expect([...created].filter((name) => !names.has(name))).toEqual([]);
  expect([...moved].filter((name) => !won.some((lead) => lead.name === name))).toEqual([]);
  const expected = [
    ...leads.map(({ _id }) => `lead.created ${_id}`),
    ...won.map(({ _id }) => `lead.status_changed ${_id}`),
  ];
  const seen = events.map(({ type, payload }) => {
    const { leadId } = JSON.parse(payload) as { leadId: string };
    return `${type} ${leadId}`;
  });
  expect(seen.sort()).toEqual(expected.sort());
  return events;
}

function expectArrived({ _id, type }: Doc<"events">, endpoints: Endpoint[]): void {
  const own = arrivals.filter(({ headers }) => headers.get("webhook-id") === _id);
  expect(new Set(own.map(({ body }) => body.toString())).size).toBe(1);
  const { id, type: named } = JSON.parse(own[0]?.body.toString() ?? "") as { id: string; type: string };
  expect({ id, type: named }).toEqual({ id: _id, type });
  for (const { path, secret } of endpoints) {
    const there = own.filter((arrival) => arrival.path === path);
    expect(there.length).toBeGreaterThan(0);
    for (const { headers, body, at } of there) {
      expect(headers.get("x-praxtalk-event-id")).toBe(_id);
      expect(verify(secret, headers.get("x-praxtalk-signature"), body, at)).toBe(true);
    }
  }
}
