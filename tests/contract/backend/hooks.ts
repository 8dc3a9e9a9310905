/** What the cases of webhooks share: a receiver, and endpoints there. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { expect, vi } from "vitest";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { EventType } from "../../../convex/validators";
import { answer, startReceiver } from "../../helpers/receivers";
import type { Behaviour, Received, Receiver } from "../../helpers/receivers";
import type { World } from "../backend.cases";
import { makeBrand, makeWorkspace } from "./backend";
import type { Backend, Brand, Workspace } from "./backend";

export const ALL: EventType[] = [
  "conversation.created",
  "conversation.status_changed",
  "conversation.merged",
  "message.created",
  "lead.created",
  "lead.status_changed",
];

export type Row = FunctionReturnType<typeof api.webhooks.listRecentEvents>[number];
export type Endpoint = Brand & { subscriptionId: Id<"webhookSubscriptions">; secret: string };

/** A receiver, and endpoints there: each of a brand of its own, so that it gets nothing of other cases. */
export class Hooks {
  receiver!: Receiver;
  team!: Workspace;
  /** What endpoints get, by their path, where it is not 200. */
  private readonly answers = new Map<string, Behaviour>();

  constructor(readonly world: World) {}

  async start(): Promise<void> {
    const thanks = answer(200, { body: "thanks" });
    this.receiver = await startReceiver((socket, request) =>
      (this.answers.get(request.path) ?? thanks)(socket, request),
    );
    this.team = await makeWorkspace(this.backend, "Hooks");
  }

  async stop(): Promise<void> {
    await this.receiver?.close();
  }

  get backend(): Backend {
    return this.world.backend;
  }

  get owner() {
    return { sessionToken: this.team.sessionToken };
  }

  /** The URL says whose requests a case looks for. */
  async endpoint({ events = ALL }: { events?: EventType[] } = {}): Promise<Endpoint> {
    const brand = await makeBrand(this.backend, this.team);
    const url = `${this.receiver.url}${brand.brandId}`;
    const made = await this.backend.action(api.webhooks.create, {
      ...this.owner,
      url,
      events,
      brandId: brand.brandId,
    });
    return { ...brand, ...made };
  }

  answer({ brandId }: Brand, behaviour: Behaviour): void {
    this.answers.set(`/${brandId}`, behaviour);
  }

  requestsOf({ brandId }: Brand): Received[] {
    return this.receiver.requests.filter(({ path }) => path === `/${brandId}`);
  }

  log({ subscriptionId }: { subscriptionId: string }, filters = {}): Promise<Row[]> {
    return this.backend.query(api.webhooks.listRecentEvents, { ...this.owner, subscriptionId, ...filters });
  }

  /** The endpoint's log once it is as expected. */
  async until(endpoint: { subscriptionId: string }, check: (rows: Row[]) => void): Promise<Row[]> {
    return await eventually(async () => {
      const rows = await this.log(endpoint);
      check(rows);
      return rows;
    });
  }

  /** The log once nothing of the endpoint is under way or to come. */
  async settled(endpoint: { subscriptionId: string }, count: number): Promise<Row[]> {
    return await this.until(endpoint, (rows) => {
      expect(rows.map(({ state }) => state)).toEqual(Array<string>(count).fill("ended"));
    });
  }
}

/** What the check gives once it passes; the backend runs meanwhile. */
export const eventually = <T>(check: () => Promise<T> | T): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

/** The verifier that the documentation has for receivers. */
export function verifies(secret: string, { headers, body }: Received): boolean {
  const m = (headers.get("x-praxtalk-signature") ?? "").match(/t=(\d+),v1=([a-f0-9]+)/);
  if (!m) return false;
  const expected = createHmac("sha256", secret).update(`${m[1]}.${body.toString()}`).digest("hex");
  return timingSafeEqual(Buffer.from(m[2]!), Buffer.from(expected));
}
