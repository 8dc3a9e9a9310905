import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { App, type Provisioned } from "../helpers/app";
import { expect, test } from "../helpers/test";

const CRASHES = process.env.PRAXTALK_LONG ? 50 : 2;
const VISITORS = 8;
/** A crash comes after this many further acknowledged messages, so that it always hits a deployment at work. */
const MESSAGES_BETWEEN_CRASHES = 40;

type MessageRow = { _id: string; body: string; sequence: number };

test("kill -9 under load, again and again: what was acknowledged is there, once, and so is its event", async () => {
  test.setTimeout(60_000 + CRASHES * 30_000);
  const app = new App();
  try {
    await app.start();
    const { widgetId } = await app.provision("Crash");
    const visitors = await Promise.all(Array.from({ length: VISITORS }, () => Visitor.arrive(app, widgetId)));
    const isOver = { value: false };
    const writing = visitors.map((visitor) => visitor.writeUntil(isOver));
    const acknowledged = () => visitors.reduce((sum, visitor) => sum + visitor.acknowledged.length, 0);

    for (let crash = 0; crash < CRASHES; crash += 1) {
      const before = acknowledged();
      await expect.poll(acknowledged, { timeout: 30_000 }).toBeGreaterThan(before + MESSAGES_BETWEEN_CRASHES);
      await app.kill9();
      await app.start();
    }
    isOver.value = true;
    await Promise.all(writing);

    for (const visitor of visitors) await visitor.expectAllOnce();
    await expectOneEventEach(app, acknowledged() + VISITORS);
  } finally {
    await app.dispose();
  }
});

/** One visitor's browser: writes message after message, each repeated under its own id until it is acknowledged. */
class Visitor {
  /** Bodies in the order of their acknowledgement. */
  readonly acknowledged: string[] = [];
  readonly #client: ConvexHttpClient;
  readonly #args: { widgetId: string; visitorKey: string; conversationId: string };

  private constructor(
    client: ConvexHttpClient,
    args: { widgetId: string; visitorKey: string; conversationId: string },
  ) {
    this.#client = client;
    this.#args = args;
  }

  static async arrive(app: App, widgetId: Provisioned["widgetId"]): Promise<Visitor> {
    const visitorKey = `v_${randomBytes(32).toString("hex")}`;
    const response = await fetch(`${app.siteUrl}/widget/start`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        widgetId,
        visitorKey,
        clientMessageId: "start",
        name: "Load",
        email: "load@shop.test",
        phone: "+44 20 7946 0958",
        message: "start",
      }),
    });
    expect(response.status).toBe(200);
    const { conversationId } = (await response.json()) as { conversationId: string };
    return new Visitor(new ConvexHttpClient(app.convexUrl, { logger: false }), {
      widgetId,
      visitorKey,
      conversationId,
    });
  }

  async writeUntil(isOver: { value: boolean }): Promise<void> {
    for (let n = 1; !isOver.value; n += 1) {
      const body = `message ${n}`;
      await this.#sendOnce(body, `m${n}`);
      this.acknowledged.push(body);
    }
  }

  /** Repeats until the deployment answers: while it is down, only the repetition can tell whether it had arrived. */
  async #sendOnce(body: string, clientMessageId: string): Promise<void> {
    await expect(async () => {
      await this.#client.mutation(anyApi.visitors!.sendVisitorMessage!, {
        ...this.#args,
        body,
        clientMessageId,
      });
    }).toPass({ intervals: [20, 100], timeout: 60_000 });
  }

  async expectAllOnce(): Promise<void> {
    const rows = await this.#allMessages();
    expect(rows.map((row) => row.body)).toEqual(["start", ...this.acknowledged]);
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1));
  }

  /** Oldest first. */
  async #allMessages(): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    let cursor: string | null = null;
    for (;;) {
      const page: { page: MessageRow[]; isDone: boolean; continueCursor: string } = (await this.#client.query(
        anyApi.visitors!.listMessagesPage!,
        { ...this.#args, paginationOpts: { cursor, numItems: 200 } },
      )) as never;
      rows.push(...page.page);
      if (page.isDone) return rows.reverse();
      cursor = page.continueCursor;
    }
  }
}

/** Each message has one message.created, each conversation one conversation.created. */
async function expectOneEventEach(app: App, messages: number): Promise<void> {
  const events = await allEvents(app);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  expect(count("message.created")).toBe(messages);
  expect(new Set(events.map((event) => JSON.stringify(event.payload))).size).toBe(events.length);
  expect(count("conversation.created")).toBe(VISITORS);
}

/** The events table, by the query and the key that the official CLI's `data` command uses. */
async function allEvents(app: App): Promise<{ type: string; payload: unknown }[]> {
  const adminKey = readFileSync(path.join(app.dataDir, "admin.key"), "utf8").trim();
  const events: { type: string; payload: unknown }[] = [];
  for (let cursor: string | null = null; ;) {
    const args = { table: "events", order: "asc", paginationOpts: { cursor, numItems: 500 } };
    const response = await fetch(`${app.convexUrl}/api/query`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
      body: JSON.stringify({ path: "_system/cli/tableData", format: "convex_encoded_json", args: [args] }),
    });
    const { value } = (await response.json()) as {
      value: { page: typeof events; isDone: boolean; continueCursor: string };
    };
    events.push(...value.page);
    if (value.isDone) return events;
    cursor = value.continueCursor;
  }
}
