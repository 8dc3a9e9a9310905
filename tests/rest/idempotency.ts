import { beforeAll, describe, expect, it } from "vitest";
import type { Tenant, World } from "./world";

type Row = Record<string, unknown>;

export function idempotencyCases(world: () => World): void {
  describe("Idempotency-Key", () => {
    let tenant: Tenant;
    let messages: string;
    let conversationId: string;

    beforeAll(async () => {
      tenant = await world().makeTenant("Once");
      ({ conversationId } = await world().startChat(tenant.widgetId));
      messages = `/conversations/${conversationId}/messages`;
    });

    const post = (path: string, body: unknown, idempotencyKey: string, key = tenant.key) =>
      world().call({ method: "POST", path, body, key, headers: { "Idempotency-Key": idempotencyKey } });
    const sent = async (text: string) =>
      (await world().admin<Row[]>("scenes:rows", { table: "messages" })).filter(({ body }) => body === text);

    it("makes one message and equal answers of twenty at once, and one event", async () => {
      const key = crypto.randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post(messages, { body: "Twenty" }, key)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await sent("Twenty")).toHaveLength(1);
      const replayed = answers.filter(({ headers }) => headers.get("Idempotent-Replayed") === "true");
      expect(replayed).toHaveLength(19);
      const events = await world().admin<Row[]>("scenes:rows", { table: "events" });
      expect(events.filter(({ payload }) => String(payload).includes('"Twenty"'))).toHaveLength(1);
    });

    it("makes one lead of twenty at once", async () => {
      const key = crypto.randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post("/leads", { name: "Twenty" }, key)),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const leads = await world().admin<Row[]>("scenes:rows", { table: "leads" });
      expect(leads.filter(({ name }) => name === "Twenty")).toHaveLength(1);
    });

    it("refuses another body under the same key, and keeps the first", async () => {
      await post(messages, { body: "First" }, "same");
      expect(await post(messages, { body: "Second" }, "same")).toMatchObject({
        status: 422,
        body: { code: "IDEMPOTENCY_KEY_REUSED" },
      });
      expect(await sent("Second")).toHaveLength(0);
      expect((await post(messages, { body: "First" }, "same")).status).toBe(201);
      expect(await sent("First")).toHaveLength(1);
    });

    it("is of one API key and one path, quoted or not", async () => {
      const other = (await world().startChat(tenant.widgetId)).conversationId;
      const body = { body: "Scoped" };
      await post(messages, body, "scoped");
      await post(messages, body, '"scoped"');
      await post(`/conversations/${other}/messages`, body, "scoped");
      await post(messages, body, "scoped", tenant.brandKey);
      expect(await sent("Scoped")).toHaveLength(3);
    });

    it("may be two quotes, which are none around it", async () => {
      expect((await post(messages, { body: "Quotes" }, '""')).status).toBe(201);
    });

    it("stores no refusal: the corrected request is done", async () => {
      expect((await post(messages, { body: " " }, "corrected")).status).toBe(422);
      expect((await post("/leads", { name: "A", brandId: "nothing" }, "corrected")).status).toBe(404);
      expect((await post(messages, { body: "Corrected" }, "corrected")).status).toBe(201);
      expect((await post("/leads", { name: "Corrected" }, "corrected")).status).toBe(201);
    });

    it("gives the first answer even after what it made has changed", async () => {
      const first = await post("/leads", { name: "Before" }, "changed");
      const path = `/leads/${String(first.body["leadId"])}`;
      await world().call({ method: "PATCH", path, key: tenant.key, body: { name: "After" } });
      expect((await post("/leads", { name: "Before" }, "changed")).text).toBe(first.text);
    });

    it.each(["a".repeat(256), "a b", "\u00e9", '"a b"'])("refuses %j", async (idempotencyKey) => {
      const answer = await post(messages, { body: "Never" }, idempotencyKey);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: "VALIDATION", errors: [{ pointer: "Idempotency-Key", code: "INVALID" }] },
      });
    });

    it("is forgotten after a day", async () => {
      await post(messages, { body: "Daily" }, "daily");
      const rows = await world().admin<Row[]>("scenes:rows", { table: "idempotencyKeys" });
      const row = rows.find(({ idempotencyKey }) => idempotencyKey === "daily");
      expect(Number(row?.["expiresAt"]) - Date.now()).toBeGreaterThan(23 * 60 * 60 * 1000);
      const age = (id: unknown) =>
        world().admin("scenes:patch", { id, fields: { expiresAt: Date.now() - 1 } });
      await age(row?.["_id"]);
      await post(messages, { body: "Daily" }, "daily");
      expect(await sent("Daily")).toHaveLength(2);
      for (const { _id } of await world().admin<Row[]>("scenes:rows", { table: "idempotencyKeys" }))
        await age(_id);
      await world().admin("retention:purge", { what: "idempotencyKeys" });
      expect(await world().admin<Row[]>("scenes:rows", { table: "idempotencyKeys" })).toEqual([]);
    });
  });
}
