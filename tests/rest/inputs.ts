import { Agent } from "node:http";
import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { raw } from "../contract/http/requests";
import type { Answer, Call, Tenant, World } from "./world";
import { randomAddress } from "./world";

const utf16 = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfffe);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), true);
  return bytes;
};

/** Inputs that break APIs. */
export function inputCases(world: () => World): void {
  describe("hostile input", () => {
    let tenant: Tenant;
    let messages: string;
    let conversationId: string;

    beforeAll(async () => {
      tenant = await world().makeTenant("Inputs");
      ({ conversationId } = await world().startChat(tenant.widgetId));
      messages = `/conversations/${conversationId}/messages`;
    });

    const get = (path: string, more: Partial<Call> = {}) => world().call({ path, key: tenant.key, ...more });
    const refused = (answer: Answer, status: number, code: string) =>
      expect({ status: answer.status, code: answer.body["code"] }, answer.text).toEqual({ status, code });

    it.each([
      ["nothing after the scheme", "Bearer"],
      ["another scheme", "Basic dXNlcjpwYXNz"],
      ["no key", "bearer x"],
      ["8 KB", `Bearer ptk_live_${"a".repeat(8_000)}`],
      ["a key of another sort", "Bearer ptk_test_0123456789abcdef0123456789abcdef01234567"],
      ["a homoglyph", "Bearer \u00fetk_live_0123456789abcdef0123456789abcdef01234567"],
    ])("refuses an Authorization with %s", async (_name, authorization) => {
      const answer = await get("/brands", { key: null, headers: { Authorization: authorization } });
      refused(answer, 401, "UNAUTHENTICATED");
      expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    });

    it("takes the scheme in any case and blanks around the header, but the key as it is", async () => {
      for (const authorization of [`bearer ${tenant.key}`, `BEARER  ${tenant.key} `]) {
        const answer = await get("/brands", { key: null, headers: { Authorization: authorization } });
        expect(answer.status).toBe(200);
      }
      const upper = `Bearer ${tenant.key.toUpperCase()}`;
      refused(await get("/brands", { key: null, headers: { Authorization: upper } }), 401, "UNAUTHENTICATED");
    });

    it("refuses two Authorization headers, and a key in the address with the advice to revoke it", async () => {
      const { message } = await raw(world().backend.siteUrl, "GET", "/api/v1/brands", {
        Authorization: [`Bearer ${tenant.key}`, `Bearer ${tenant.key}`] as never,
        "X-Forwarded-For": randomAddress(),
      });
      // Node's own client joins what must be one header; either way it is no key.
      expect([200, 401]).toContain(message.statusCode);
      const answer = await get("/brands", { query: { api_key: tenant.key } });
      refused(answer, 422, "VALIDATION");
      expect(answer.body["error"]).toContain("revoke");
    });

    it.each([
      "",
      "..%2fx",
      "%2e%2e%2f",
      "a".repeat(10_000),
      "__proto__",
      "constructor",
      "%00",
      "%ff",
      "\u{1f600}",
    ])("knows nothing by the id %j", async (id) => {
      refused(
        await get(`/conversations/${id}/messages`, { method: "POST", body: { body: "x" } }),
        404,
        "NOT_FOUND",
      );
      if (id !== "") refused(await get(`/conversations/${id}`), 404, "NOT_FOUND");
      refused(
        await get(`/messages?conversationId=${id}`),
        id === "" || id.length > 64 ? 422 : 404,
        id === "" || id.length > 64 ? "VALIDATION" : "NOT_FOUND",
      );
    });

    it.each(["0", "-1", "1.5", "1e3", "50 ", "0x10", "٥٠", "9007199254740992", "", "x"])(
      "refuses limit=%s",
      async (limit) => {
        const answer = await get(`/conversations?limit=${encodeURIComponent(limit)}`);
        refused(answer, 422, "VALIDATION");
        expect(answer.body["errors"]).toMatchObject([{ pointer: "?limit" }]);
      },
    );

    it("takes a limit above the most as the most, and each parameter once", async () => {
      expect((await get("/conversations?limit=201")).status).toBe(200);
      refused(await get("/conversations?limit=1&limit=2"), 422, "VALIDATION");
      refused(await get("/conversations?limit[]=1"), 422, "VALIDATION");
      for (const status of ["all", "Open", "open,closed", ""]) {
        refused(await get(`/conversations?status=${status}`), 422, "VALIDATION");
      }
    });

    const bodies: [string, string | Uint8Array<ArrayBuffer>, number, string][] = [
      ["nothing", "", 400, "BAD_REQUEST"],
      ["a trailing comma", '{"body":"x",}', 400, "BAD_REQUEST"],
      ["half an object", '{"body":"x"', 400, "BAD_REQUEST"],
      ["UTF-16", utf16('{"body":"x"}'), 400, "BAD_REQUEST"],
      ["broken UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d]), 400, "BAD_REQUEST"],
      ["an empty object", "{}", 422, "VALIDATION"],
      ["a list", "[]", 422, "VALIDATION"],
      ["null", "null", 422, "VALIDATION"],
      ["a text", '"x"', 422, "VALIDATION"],
      ["300 levels", `{"body":${"[".repeat(300)}${"]".repeat(300)}}`, 422, "VALIDATION"],
      ["a prototype", '{"body":"x","__proto__":{}}', 422, "VALIDATION"],
      ["a role", '{"body":"x","role":"visitor"}', 422, "VALIDATION"],
      ["a workspace", '{"body":"x","workspaceId":"x"}', 422, "VALIDATION"],
      ["blanks", '{"body":" \\n\\u200b"}', 422, "VALIDATION"],
      ["half a character", '{"body":"\\ud83d"}', 422, "VALIDATION"],
      ["a zero", '{"body":"a\\u0000b"}', 422, "VALIDATION"],
      ["10,001 characters", JSON.stringify({ body: "x".repeat(10_001) }), 422, "VALIDATION"],
      ["more than 256 KiB", JSON.stringify({ body: "x".repeat(262_144) }), 413, "PAYLOAD_TOO_LARGE"],
    ];

    it.each(bodies)("refuses a body of %s", async (_name, rawBody, status, code) => {
      const headers = { "Content-Type": "application/json" };
      refused(await get(messages, { method: "POST", rawBody, headers }), status, code);
      const { body } = await get("/messages", { query: { conversationId } });
      expect((body["messages"] as { role: string }[]).filter(({ role }) => role === "operator")).toEqual([]);
    });

    it.each([
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json;charset=utf-7",
      "application/jsonx",
      "",
    ])("refuses the content type %j", async (type) => {
      const rawBody = new TextEncoder().encode('{"body":"x"}');
      const headers: Record<string, string> = type === "" ? {} : { "Content-Type": type };
      refused(await get(messages, { method: "POST", rawBody, headers }), 415, "UNSUPPORTED_MEDIA_TYPE");
    });

    it("keeps what people write as it is: markup, either direction, either normal form", async () => {
      const { conversationId } = await world().startChat(tenant.otherWidgetId);
      const texts = [
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "{{7*7}} ${7*7}",
        "=HYPERLINK(1)",
        "a\u202eb",
        "e\u0301",
        "\u00e9",
        "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}",
      ];
      for (const body of texts) {
        const answer = await get(`/conversations/${conversationId}/messages`, {
          method: "POST",
          body: { body },
        });
        expect(answer.body).toMatchObject({ message: { body } });
      }
      const { body } = await get("/messages", { query: { conversationId } });
      expect((body["messages"] as { body: string }[]).slice(1).map(({ body }) => body)).toEqual(texts);
    });

    it("answers HEAD as GET without a body, OPTIONS without a key, and 405 with Allow for other methods", async () => {
      const head = await get("/brands", { method: "HEAD" });
      expect([head.status, head.text]).toEqual([200, ""]);
      expect(head.headers.get("X-RateLimit-Limit")).toBe("600");
      const options = await get("/brands", { method: "OPTIONS", key: null });
      expect(options.status).toBe(204);
      expect(options.headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(options.headers.get("Access-Control-Allow-Headers")).toContain("Idempotency-Key");
      for (const [method, path, allow] of [
        ["PUT", "/brands", "GET, HEAD, OPTIONS"],
        ["DELETE", "/leads", "GET, HEAD, POST, OPTIONS"],
        ["POST", `/conversations/${conversationId}`, "GET, HEAD, PATCH, OPTIONS"],
        ["GET", messages, "POST, OPTIONS"],
      ] as const) {
        const answer = await get(path, { method, headers: { "X-HTTP-Method-Override": "GET" } });
        refused(answer, 405, "METHOD_NOT_ALLOWED");
        expect(answer.headers.get("Allow")).toBe(allow);
      }
      const trace = await raw(world().backend.siteUrl, "TRACE", "/api/v1/brands");
      expect(trace.message.statusCode).toBe(405);
    });

    it("answers unknown paths in the shape of all errors, and both base addresses alike", async () => {
      for (const path of ["/nothing", "", "/", "/conversations/", "/conversations/a/b/c", "/brands/x"]) {
        const answer = await get(path);
        refused(answer, 404, "NOT_FOUND");
        expect(answer.body["requestId"]).toBe(answer.headers.get("X-Request-Id"));
      }
      const once = await get("/brands");
      const twice = await get("/api/v1/brands");
      expect(twice.text).toBe(once.text);
      refused(await get("/api/v1/api/v1/brands"), 404, "NOT_FOUND");
    });

    it("is not misled by lengths and encodings that contradict each other", async () => {
      const answer = await rawSocket(world().backend.siteUrl, [
        `POST /api/v1${messages} HTTP/1.1`,
        "Host: x",
        `Authorization: Bearer ${tenant.key}`,
        "Content-Type: application/json",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "",
        "0",
        "",
        "",
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    });

    it("leaves the connection usable after a body that it did not read", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = (length: number) =>
        raw(
          world().backend.siteUrl,
          "POST",
          `/api/v1${messages}`,
          { Authorization: `Bearer ${tenant.key}`, "Content-Type": "application/json" },
          Buffer.from(JSON.stringify({ body: "x".repeat(length) })),
          agent,
        );
      expect((await send(2_000_000)).message.statusCode).toBe(413);
      expect((await send(20_000)).message.statusCode).toBe(422);
      agent.destroy();
    });

    it("masks a fault and names it by its request", async () => {
      const broken = await world().makeTenant("Broken");
      await world().insert("events", {
        workspaceId: broken.workspaceId,
        brandId: broken.brandId,
        type: "lead.created",
        payload: "not JSON",
        occurredAt: Date.now(),
        commitTs: await world().admin("scenes:snapshot", {}),
      });
      const answer = await get("/events", { key: broken.key });
      refused(answer, 500, "INTERNAL");
      expect(answer.text).not.toContain("JSON");
      expect(answer.body["requestId"]).toBe(answer.headers.get("X-Request-Id"));
    });
  });
}

/** What the server says to bytes that no client would send. */
function rawSocket(origin: string, lines: string[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(lines.join("\r\n")));
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}
