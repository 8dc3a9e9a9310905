import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { makeBrand, startChat } from "./backend";

type Json = Record<string, unknown>;

/** The REST API on any deployment; all that takes a real one is in tests/rest. */
export function restCases(world: World): void {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await world.backend.fetch(`/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${world.acme.apiKey}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  };

  /** The cursor behind all events so far. */
  const endOfFeed = async (): Promise<string> => {
    let path = "/events?limit=200";
    for (;;) {
      const { nextCursor, hasMore } = (await call("GET", path)).body;
      if (hasMore === false) return String(nextCursor);
      path = `/events?limit=200&after=${String(nextCursor)}`;
    }
  };

  describe("/api/v1", () => {
    it("answers ping without a key, under the address as documented and as sampled", async () => {
      for (const path of ["/ping", "/api/v1/ping"]) {
        const { status, headers, body } = await call("GET", path, undefined, { Authorization: "" });
        expect(status).toBe(200);
        expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
        expect(body).toEqual({ ok: true, version: "v1", time: expect.any(Number) as number });
      }
    });

    it("answers unknown paths and methods in the shape of all errors", async () => {
      for (const [method, path, status, code] of [
        ["GET", "/nothing", 404, "NOT_FOUND"],
        ["DELETE", "/", 404, "NOT_FOUND"],
        ["POST", "/ping", 405, "METHOD_NOT_ALLOWED"],
        ["DELETE", "/conversations/x", 405, "METHOD_NOT_ALLOWED"],
      ] as const) {
        const answer = await call(method, path);
        expect(answer.status, path).toBe(status);
        const requestId = answer.headers.get("X-Request-Id");
        expect(answer.body).toEqual({ error: expect.any(String) as string, code, requestId });
        expect(answer.headers.get("X-RateLimit-Limit"), path).toBe("600");
        const stranger = await call(method, path, undefined, { Authorization: "" });
        expect(stranger).toMatchObject({ status, body: { code } });
        expect(stranger.headers.get("X-RateLimit-Limit"), path).toBe("60");
      }
    });

    it("lists, reads, answers and closes a conversation", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const { conversationId } = await startChat(world.backend, brand);
      const list = await call("GET", `/conversations?brandId=${brand.brandId}`);
      expect(list.body).toMatchObject({
        conversations: [{ id: conversationId }],
        nextCursor: null,
        hasMore: false,
      });
      expect(list.headers.get("X-RateLimit-Limit")).toBe("600");
      const path = `/conversations/${conversationId}`;
      const sent = await call("POST", `${path}/messages`, { body: "Hello back" });
      expect(sent.status).toBe(201);
      const closed = await call("PATCH", path, { status: "closed" });
      expect(closed.body).toMatchObject({ ok: true, conversation: { status: "closed", waitingSince: null } });
      const { sessionToken } = world.acme;
      expect(
        await world.backend.query(api.messages.listByConversation, { sessionToken, conversationId }),
      ).toMatchObject([
        { body: "Hello" },
        { _id: sent.body["messageId"], body: "Hello back", role: "operator" },
      ]);
      const messages = await call("GET", `/messages?conversationId=${conversationId}&order=desc&limit=1`);
      expect(messages.body).toMatchObject({ messages: [{ body: "Hello back" }], hasMore: true });
    });

    it("makes one lead for one Idempotency-Key, and shows it to operators and in the feed", async () => {
      const before = await endOfFeed();
      const key = { "Idempotency-Key": "contract" };
      const first = await call("POST", "/leads", { name: "Maya A.", email: "Maya@Acme.com" }, key);
      const second = await call("POST", "/leads", { name: "Maya A.", email: "Maya@Acme.com" }, key);
      expect(second.body).toEqual(first.body);
      expect(second.headers.get("Idempotent-Replayed")).toBe("true");
      const leadId = first.body["leadId"] as string;
      const { sessionToken } = world.acme;
      expect(await world.backend.query(api.leads.getById, { sessionToken, leadId })).toMatchObject({
        email: "maya@acme.com",
        status: "new",
      });
      await world.backend.mutation(api.leads.updateStatus, { sessionToken, leadId, status: "won" });
      const after = await call("GET", `/events?after=${before}`);
      expect(after.body).toMatchObject({
        events: [
          { type: "lead.created", data: { leadId, via: "api" } },
          { type: "lead.status_changed", data: { leadId, previousStatus: "new", status: "won" } },
        ],
        hasMore: false,
      });
    });

    it("refuses half a character as an id", async () => {
      for (const field of ["brandId", "conversationId"]) {
        const answer = await call("POST", "/leads", { name: "A", [field]: "\ud83d" });
        expect(answer).toMatchObject({ status: 422, body: { code: "VALIDATION" } });
      }
    });

    it("refuses without a key, and does not know what is another workspace's", async () => {
      expect((await call("GET", "/brands", undefined, { Authorization: "" })).status).toBe(401);
      const { conversationId } = await startChat(world.backend, world.rival);
      const answer = await call("GET", `/conversations/${conversationId}`);
      expect(answer).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    });
  });
}
