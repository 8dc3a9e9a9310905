import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { FORM_OPEN_MIN_MS } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { makeBrand, newClientId, newVisitorKey } from "./backend";

const SHOP = "https://shop.test";

export function httpCases(world: World): void {
  const form = (fields: Record<string, unknown> = {}) => ({
    widgetId: world.acme.widgetId,
    visitorKey: newVisitorKey(),
    clientMessageId: newClientId(),
    name: "Maya",
    email: "maya@example.com",
    phone: "+44 20 7946 0958",
    message: "Hello",
    ...fields,
  });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    world.backend.fetch("/widget/start", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const config = (widgetId: string, headers: Record<string, string> = {}) =>
    world.backend.fetch(`/widget/config?widgetId=${widgetId}`, { headers });
  const read = async (response: Response) => (await response.json()) as Record<string, unknown>;

  describe("GET /widget/config", () => {
    it("gives what the query gives, to any page when the brand lists none", async () => {
      const response = await config(world.acme.widgetId, { Origin: "https://anywhere.test" });
      expect(response.status).toBe(200);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=60");
      const { widgetId } = world.acme;
      expect(await read(response)).toEqual(
        await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId }),
      );
    });

    it("answers null for other ids: an error status would be one more line in the page's console", async () => {
      const ids = ["", "ws_0000000000000000", world.acme.brandId, "x".repeat(10_000)];
      for (const path of ["/widget/config", ...ids.map((id) => `/widget/config?widgetId=${id}`)]) {
        const response = await world.backend.fetch(path, { headers: { Origin: SHOP } });
        expect(response.status).toBe(200);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
        expect(response.headers.get("Cache-Control")).toBe("public, max-age=60");
        expect(await response.json()).toBeNull();
      }
    });

    it("keeps to the brand's pages", async () => {
      const { widgetId } = await makeBrand(world.backend, world.acme, { allowedOrigins: [SHOP] });
      const own = await config(widgetId, { Origin: SHOP });
      expect(own.status).toBe(200);
      expect(own.headers.get("Access-Control-Allow-Origin")).toBe(SHOP);
      expect(own.headers.get("Vary")).toContain("Origin");
      // A cache that kept the answer to no page at all would give it to every page.
      expect((await config(widgetId)).headers.get("Vary")).toContain("Origin");
      for (const Origin of [
        "https://evil.test",
        "http://shop.test",
        `${SHOP}:8443`,
        "https://shop.test.evil.test",
        "null",
      ]) {
        const refused = await config(widgetId, { Origin });
        expect(refused.status, Origin).toBe(403);
        expect(await read(refused)).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
      }
    });
  });

  describe("POST /widget/start", () => {
    it("starts the conversation, once", async () => {
      const body = form({ page: "https://shop.test/cart?x=1#top" });
      const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => post(body)));
      expect(first?.status).toBe(200);
      const answer = await read(first!);
      for (const other of others) expect(await read(other)).toEqual(answer);
      const { sessionToken } = world.acme;
      const conversationId = answer.conversationId as string;
      expect(
        await world.backend.query(api.conversations.getById, { sessionToken, conversationId }),
      ).toMatchObject({
        sequence: 1,
        visitor: { name: "Maya", phone: "+442079460958", page: "https://shop.test/cart?x=1" },
      });
      const { widgetId, visitorKey, clientMessageId } = body;
      expect(
        await world.backend.query(api.visitors.listMessagesForVisitor, {
          widgetId,
          visitorKey,
          conversationId,
        }),
      ).toMatchObject([{ _id: answer.messageId, body: "Hello", clientMessageId }]);
    });

    it("names every wrong field", async () => {
      const wrong = {
        name: " ",
        email: "x",
        phone: 5,
        message: "\u0000",
        visitorKey: "v_1",
        page: "javascript:1",
      };
      const response = await post(form(wrong));
      expect(response.status).toBe(422);
      const body = await read(response);
      expect(body).toMatchObject({ code: "VALIDATION", error: expect.any(String) as string });
      const errors = body.errors as { field: string; message: string }[];
      expect(errors.map((error) => error.field).sort()).toEqual([
        "email",
        "message",
        "name",
        "phone",
        "visitorKey",
      ]);
      expect(errors.every((error) => error.message.length > 5)).toBe(true);
      for (const nothing of ["{}", "[]", "null", '"text"', "7"]) {
        expect((await post(nothing)).status, nothing).toBe(422);
      }
    });

    it("refuses what is no JSON, and what is too large", async () => {
      for (const body of ["", "{", "a=b"]) {
        const response = await post(body);
        expect(response.status).toBe(400);
        expect(await read(response)).toMatchObject({ code: "BAD_REQUEST" });
      }
      const large = await post(form({ message: "x".repeat(70_000) }));
      expect(large.status).toBe(413);
      expect(await read(large)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
      expect((await post(form({ message: "x".repeat(10_001) }))).status).toBe(422);
      const unannounced = await world.backend.fetch("/widget/start", {
        method: "POST",
        body: new Blob(["x".repeat(70_000)]).stream(),
        duplex: "half",
      } as RequestInit);
      expect(unannounced.status).toBe(413);
    });

    it("does not know other widgets", async () => {
      const response = await post(form({ widgetId: "ws_0000000000000000" }));
      expect(response.status).toBe(404);
      expect(await read(response)).toMatchObject({
        code: "NOT_FOUND",
        requestId: expect.any(String) as string,
      });
    });

    it("keeps to the brand's pages, and to pages at all when it has a list", async () => {
      const { widgetId } = await makeBrand(world.backend, world.acme, { allowedOrigins: [SHOP] });
      const before = (await world.backend.rows("visitors")).length;
      const refusedHeaders: Record<string, string>[] = [
        { Origin: "https://evil.test" },
        { Origin: "null" },
        {},
      ];
      for (const headers of refusedHeaders) {
        const response = await post(form({ widgetId }), headers);
        expect(response.status).toBe(403);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
        expect(await read(response)).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
      }
      expect(await world.backend.rows("visitors")).toHaveLength(before);
      expect((await post(form({ widgetId }), { Origin: SHOP })).status).toBe(200);
    });

    it("takes no script's form from a stranger, stores nothing of it, and takes it once it is a person's", async () => {
      const { widgetId } = await makeBrand(world.backend, world.acme, {});
      const person = { topic: "", openMs: FORM_OPEN_MIN_MS };
      const scripts = [
        { ...person, topic: "Pills" },
        { ...person, openMs: FORM_OPEN_MIN_MS - 1 },
      ];
      const tables = ["visitors", "conversations", "messages"] as const;
      const counts = () => Promise.all(tables.map(async (table) => (await world.backend.rows(table)).length));
      for (const script of scripts) {
        const body = form({ widgetId, ...script });
        const before = await counts();
        const refused = await post(body);
        expect(refused.status).toBe(429);
        expect(refused.headers.get("Retry-After")).toBe("1");
        expect(await read(refused)).toMatchObject({
          code: "AUTOMATION_SUSPECTED",
          error: expect.stringContaining("send it again") as string,
          retryAfterSeconds: 1,
        });
        expect(await counts()).toEqual(before);
        const taken = await post({ ...body, ...person });
        expect(taken.status).toBe(200);
        // Who is known by now is no stranger: a repeat has its answer, whatever it tells.
        const repeated = await post(body);
        expect(repeated.status).toBe(200);
        expect(await read(repeated)).toEqual(await read(taken));
      }
      // A widget that is not there is that first of all.
      const nowhere = await post(form({ widgetId: "ws_0000000000000000", topic: "Pills" }));
      expect(await read(nowhere)).toMatchObject({ code: "NOT_FOUND" });
    });

    it("answers preflights", async () => {
      const response = await world.backend.fetch("/widget/start", {
        method: "OPTIONS",
        headers: { Origin: SHOP, "Access-Control-Request-Method": "POST" },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get("Access-Control-Allow-Methods")).toContain("POST");
      expect(response.headers.get("Access-Control-Allow-Headers")).toContain("Content-Type");
    });
  });
}
