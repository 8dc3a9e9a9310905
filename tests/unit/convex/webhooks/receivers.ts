/** The receivers' side of the model: takes the place of the HTTP exchange, and judges each request as it comes. */
import { createHmac } from "node:crypto";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { EventType } from "../../../../convex/validators";
import type { ExchangeResult } from "../../../../convex/validators/webhooks";
import type { ExchangeRequest } from "../../../../convex/webhookExchange/exchange";
import type { ActionHost } from "./action-host";
import { FINE, retryAfterOf } from "./replies";
import type { Reply } from "./replies";

/** What the model knows of an endpoint: what was set, and how its receiver behaves. */
export type Endpoint = {
  subscriptionId: Id<"webhookSubscriptions">;
  url: string;
  workspaceId: Id<"workspaces">;
  sessionToken: string;
  brandId: Id<"brands"> | null; // null: all
  events: EventType[];
  enabled: boolean;
  isDeleted: boolean;
  /** As a receiver verifies: the first signature's first. */
  secrets: string[];
  rotation: { until: number; isConfirmed: boolean } | null;
  replies: Reply[];
  turn: number;
};

/** A committed event, and which endpoints it is for. */
export type Emitted = {
  workspaceId: Id<"workspaces">;
  brandId: Id<"brands">;
  type: EventType;
  data: unknown;
  expected: Map<Id<"webhookSubscriptions">, "pending" | "skipped">;
  /** Bytes of the first request with it. */
  body?: string;
};

export type Request = {
  at: number;
  endpoint: Endpoint;
  eventId: string;
  attemptId: string;
  label: string;
  reply: Reply & { askedMs: number | null };
  isUnderWay: () => boolean;
};

/** The lease of an attempt: from then on another may be made. */
export const LEASE_MS = 60_000;
/** What is left of the lease at least when an attempt is begun. */
const LEASE_LEFT_MS = 20_000;
/** Automatic attempts under way at one endpoint of the fast lane. */
export const SHARE = 5;

export class Receivers {
  readonly endpoints: Endpoint[] = [];
  readonly events = new Map<string, Emitted>();
  readonly requests: Request[] = [];
  /** What was not as promised. */
  readonly breaches: string[] = [];
  /** Whether any request took longer than a lease. */
  hasStalled = false;

  constructor(private readonly host: ActionHost) {}

  breach(what: string, ...facts: unknown[]): void {
    this.breaches.push(`${what} ${facts.map((fact) => JSON.stringify(fact)).join(" ")}`);
  }

  /** In place of the product's `exchange`, inside an action. */
  async exchange(request: ExchangeRequest): Promise<ExchangeResult> {
    await this.host.pass("after connect");
    const { reply } = this.#receive(request);
    await this.host.pass("after send");
    const { outcome, httpStatus, latencyMs } = reply;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    await this.host.stayAlive();
    const { text } = retryAfterOf(reply, Date.now());
    return {
      outcome,
      latencyMs,
      ...(httpStatus === undefined ? {} : { httpStatus, replyExcerpt: `status ${httpStatus}` }),
      ...(text === undefined ? {} : { retryAfter: text }),
    };
  }

  #receive({ url, headers, body }: ExchangeRequest): Request {
    const at = Date.now();
    const header = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
    const get = (name: string): string => header.get(name) ?? "";
    const endpoint = this.endpoints.find((one) => one.url === url);
    if (endpoint === undefined) throw new Error(`A request went to ${url}, where nobody is.`);
    const reply = endpoint.replies[endpoint.turn++ % endpoint.replies.length] ?? FINE;
    const isAlive = this.host.watchCaller();
    // A dead action's request is nobody's any more, and one that takes longer may outlast its lease.
    const endsAt = at + Math.min(reply.latencyMs, LEASE_LEFT_MS);
    const request: Request = {
      at,
      endpoint,
      eventId: get("webhook-id"),
      attemptId: get("x-praxtalk-delivery"),
      label: get("x-praxtalk-attempt"),
      reply: { ...reply, askedMs: retryAfterOf(reply, at + reply.latencyMs).askedMs },
      isUnderWay: () => isAlive() && Date.now() < endsAt,
    };
    this.#judgeSignature(request, get, body);
    this.#judgeBody(request, get, body);
    this.#judgeOrder(request);
    this.requests.push(request);
    if (reply.latencyMs >= LEASE_MS) this.hasStalled = true;
    return request;
  }

  #judgeSignature({ endpoint, at, eventId }: Request, get: (name: string) => string, body: string): void {
    const t = Math.floor(at / 1000);
    const secrets = secretsAt(endpoint, at);
    const v1 = secrets.map((secret) => hmac(secret, `${t}.${body}`, "hex"));
    const expected = `t=${t},${v1.map((hex) => `v1=${hex}`).join(",")}`;
    const standard = secrets.map((secret) => {
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      return `v1,${hmac(key, `${eventId}.${t}.${body}`, "base64")}`;
    });
    const signature = get("x-praxtalk-signature");
    if (signature !== expected) this.breach("I6 signature", signature, expected);
    if (get("webhook-timestamp") !== String(t)) this.breach("I6 timestamp", get("webhook-timestamp"), t);
    if (get("webhook-signature") !== standard.join(" ")) this.breach("I6 standard signature", endpoint.url);
  }

  #judgeBody({ endpoint, eventId, label }: Request, get: (name: string) => string, body: string): void {
    const { id, type, workspaceId, brandId, data } = JSON.parse(body) as Record<string, unknown>;
    const isNamed = get("x-praxtalk-event-id") === eventId && get("x-praxtalk-event") === type;
    if (!isNamed || id !== eventId) this.breach("I6 another id", eventId, id, type);
    if (workspaceId !== endpoint.workspaceId)
      this.breach("I8 another workspace's", endpoint.url, workspaceId);
    if (type === "ping") {
      if (label !== "manual") this.breach("a test that nobody asked for", label);
      return;
    }
    const event = this.events.get(eventId);
    if (event === undefined) return this.breach("I7 an event that was never committed", eventId);
    if (!event.expected.has(endpoint.subscriptionId))
      this.breach("I8 not for this endpoint", endpoint.url, type);
    event.body ??= body;
    if (event.body !== body) this.breach("I6 other bytes", event.body, body);
    if (brandId !== event.brandId || type !== event.type) this.breach("I6 another envelope", body);
    if (JSON.stringify(data) !== JSON.stringify(event.data)) this.breach("I6 other data", data, event.data);
  }

  #judgeOrder({ endpoint, eventId, attemptId, label }: Request): void {
    const { subscriptionId, enabled, isDeleted } = endpoint;
    const there = this.requests.filter((one) => one.endpoint.subscriptionId === subscriptionId);
    const ofEvent = there.filter((one) => one.eventId === eventId);
    if (this.requests.some((one) => one.attemptId === attemptId)) this.breach("an attempt twice", attemptId);
    if (ofEvent.some((one) => one.isUnderWay())) this.breach("I3 two at a time", endpoint.url, eventId);
    // What a person asked for may have been asked for just before.
    if (label === "manual") return;
    if (isDeleted || !enabled) this.breach("sent where nothing is wanted", endpoint.url);
    const before = ofEvent.filter((one) => one.label !== "manual").at(-1)?.label ?? "0/6";
    const [number, of] = label.split("/").map(Number);
    if (of !== 6 || !(Number(number) > Number.parseInt(before) && Number(number) <= 6)) {
      this.breach("I2 numbers of attempts", before, label);
    }
    const automatic = there.filter((one) => one.label !== "manual" && one.isUnderWay());
    if (automatic.length >= SHARE) this.breach("more than its share under way", endpoint.url);
  }
}

/** The secrets that sign at a time, first signature first. */
function secretsAt({ secrets, rotation }: Endpoint, at: number): string[] {
  const [current = "", previous = ""] = secrets;
  if (rotation === null || at >= rotation.until) return [current];
  return rotation.isConfirmed ? [current, previous] : [previous, current];
}

function hmac(key: string | Buffer, text: string, encoding: "hex" | "base64"): string {
  return createHmac("sha256", key).update(text).digest(encoding);
}
