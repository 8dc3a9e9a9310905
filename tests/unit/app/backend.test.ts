import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backendFor, vouchedClient } from "@/app/_server/backend";
import { vouchFor } from "@/lib/vouched-address";

const seen: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  seen.push(request.headers);
  response.setHeader("Content-Type", "application/json");
  response.end('{"status":"success","value":null}');
});

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("PRAXTALK_CONVEX_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("PRAXTALK_SITE_URL", `http://127.0.0.1:${port}`);
});
afterEach(() => {
  seen.length = 0;
  server.close();
  vi.unstubAllEnvs();
});

const call = (headers: Record<string, string>) =>
  backendFor(new Headers(headers)).query(makeFunctionReference<"query">("a:b"), {});

it("passes on whose request it is, with what the deployment believes it by", async () => {
  vi.stubEnv("PRAXTALK_PROXY_SECRET", "shared");
  await call({ "x-forwarded-for": "192.0.2.7" });
  expect(seen).toMatchObject([{ "x-forwarded-for": "192.0.2.7", "x-praxtalk-proxy-secret": "shared" }]);
});

it("says nothing of it to a deployment that shares no secret", async () => {
  await call({ "x-forwarded-for": "192.0.2.7" });
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toHaveProperty("x-forwarded-for");
});

it("vouches for the browser's address where that secret is shared instead", async () => {
  const headers = new Headers({ "x-forwarded-for": "192.0.2.7" });
  expect(await vouchedClient(headers)).toBeUndefined();
  vi.stubEnv("PRAXTALK_ADDRESS_SECRET", "shared");
  expect(await vouchedClient(headers)).toBe(await vouchFor("192.0.2.7", "shared"));
});
