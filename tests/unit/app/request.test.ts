import { NextRequest, NextResponse } from "next/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isOwnOrigin, ownRoute, readTexts } from "@/app/_server/request";

beforeEach(() => {
  vi.stubEnv("PRAXTALK_CONVEX_URL", "http://127.0.0.1:3210");
  vi.stubEnv("PRAXTALK_SITE_URL", "http://127.0.0.1:3211");
  vi.stubEnv("PRAXTALK_WEB_URL", "https://chat.acme.test");
});

const post = (headers: Record<string, string>, body = "{}") =>
  new NextRequest("http://localhost:3000/api/session", { method: "POST", headers, body });

describe("isOwnOrigin", () => {
  it.each([
    [{ origin: "http://localhost:3000", host: "localhost:3000" }, true],
    [{ origin: "https://chat.acme.test", host: "10.0.0.7:3000" }, true],
    [{ origin: "http://10.0.0.7", host: "inner:3000", "x-forwarded-host": "10.0.0.7" }, true],
    [{ origin: "http://[::1]:3000", host: "[::1]:3000" }, true],
    // A name of somebody else's that resolves to this machine: the browser takes both for one site.
    [{ origin: "http://rebound.example:3000", host: "rebound.example:3000" }, false],
    [{ origin: "http://1.2.3.4.example:3000", host: "1.2.3.4.example:3000" }, false],
    [{ origin: "http://localhost:3001", host: "localhost:3000" }, false],
    [{ origin: "https://evil.example", host: "localhost:3000" }, false],
    [{ origin: "http://chat.acme.test", host: "localhost:3000" }, false],
    [{ origin: "null", host: "localhost:3000" }, false],
    [{ host: "localhost:3000" }, false],
  ] as const)("%j: %s", (headers, own) => {
    expect(isOwnOrigin(post(headers))).toBe(own);
  });
});

describe("ownRoute", () => {
  const own = { origin: "http://localhost:3000", host: "localhost:3000" };

  it("does not run for another site", async () => {
    const run = vi.fn();
    const response = await ownRoute(post({ ...own, origin: "https://evil.example" }), run);
    expect(response.status).toBe(403);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([
    ["INVALID_CREDENTIALS", 401],
    ["SETUP_DONE", 409],
    ["VALIDATION", 422],
  ])("answers the backend's %s with %d and its words", async (code, status) => {
    const refusal = Object.assign(new Error(), { data: { code, message: "Do this.", field: "email" } });
    const response = await ownRoute(post(own), () => Promise.reject(refusal));
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code, message: "Do this.", field: "email" });
  });

  it("says that the backend is away", async () => {
    const response = await ownRoute(post(own), () => Promise.reject(new TypeError("fetch failed")));
    expect(response.status).toBe(503);
  });

  it("lets faults of its own through", async () => {
    const fault = new Error("bug");
    await expect(ownRoute(post(own), () => Promise.reject(fault))).rejects.toBe(fault);
  });

  it("passes the answer on", async () => {
    const response = await ownRoute(post(own), () => Promise.resolve(NextResponse.json({ ok: 1 })));
    expect(await response.json()).toEqual({ ok: 1 });
  });
});

describe("readTexts", () => {
  const read = (body: string) => readTexts(post({}, body), ["email", "password"]);

  it("takes the named texts and nothing else", async () => {
    expect(await read('{"email":"a","password":"b","admin":true}')).toEqual({ email: "a", password: "b" });
  });

  it.each([
    "",
    "null",
    "[]",
    "{",
    '{"email":"a"}',
    '{"email":"a","password":7}',
    `{"email":"${"x".repeat(20_000)}"}`,
  ])("refuses %.40s", async (body) => {
    expect(await read(body)).toBeNull();
  });

  it("reads no further than a form can be long", async () => {
    let pieces = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pieces += 1;
          if (pieces > 1_000) controller.close();
          else controller.enqueue(new Uint8Array(1_024).fill(0x20));
        },
      },
      { highWaterMark: 0 },
    );
    const request = new NextRequest("http://localhost:3000/api/session", {
      method: "POST",
      body,
      duplex: "half",
    });
    expect(await readTexts(request, ["email"])).toBeNull();
    expect(pieces).toBeLessThan(20);
  });
});
