import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { json } from "@/embedded/http/api";
import { ApiHandler } from "@/embedded/http/api-handler";
import { Authentication } from "@/embedded/http/authentication";
import { TrustedProxies } from "@/embedded/http/client-address";
import { TokenVerifier } from "@/embedded/auth/token-verifier";

const KEY = `here|${"k".repeat(32)}`;
const MiB = 1024 * 1024;
let server: Server;
let url: string;

beforeEach(async () => {
  const handler = new ApiHandler({
    routes: [
      {
        method: "POST",
        path: "/push",
        admin: "body",
        maxBody: 8 * MiB,
        compressed: true,
        handle: async (request) => json(Object.keys((await request.json()) as object)),
      },
    ],
    authentication: new Authentication(KEY, "here", new TokenVerifier({ redact: false, now: Date.now })),
    proxies: new TrustedProxies([]),
    stopping: new AbortController().signal,
    onError: (error) => {
      throw error;
    },
    timeout: 60_000,
  });
  server = createServer(
    (request, response) => void handler.handle(request, response, new URL(`http://localhost${request.url}`)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/push`;
});
afterEach(() => server.close());

async function push(padding: number, authorization?: string): Promise<{ status: number; text: string }> {
  const headers = { "Content-Type": "application/json", "Content-Encoding": "br" };
  const body = brotliCompressSync(JSON.stringify({ adminKey: KEY, padding: "x".repeat(padding) }));
  const response = await fetch(url, {
    method: "POST",
    headers: authorization === undefined ? headers : { ...headers, Authorization: authorization },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

test("a large body is unpacked only for a sender who has shown the admin key before it", async () => {
  const taken = { status: 200, text: '["adminKey","padding"]' };
  expect(await push(2 * MiB, `Convex ${KEY}`)).toEqual(taken);
  for (const authorization of [undefined, "Convex here|wrong", "Bearer token", "x"]) {
    const refused = await push(2 * MiB, authorization);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining("larger than 1048576 bytes"),
    ]);
  }
  expect(await push(MiB / 2)).toEqual(taken);
});
