import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BodyBudget } from "@/embedded/http/body-budget";
import { discardBody, parseJson, readBody } from "@/embedded/http/body";

let server: Server;
let url: string;
let limit = 1000;
let compressed = true;
const bodies = new BodyBudget(1_000_000_000);

beforeEach(async () => {
  server = createServer((request: IncomingMessage, response) => {
    readBody(request, limit, compressed, bodies.share()).then(
      (bytes) => response.end(bytes),
      async (error: Error) => {
        await discardBody(request);
        response.writeHead(400).end(error.message);
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  [limit, compressed] = [1000, true];
});
afterEach(() => server.close());

async function send(body: Uint8Array, encoding?: string): Promise<[number, string]> {
  const headers: Record<string, string> = encoding === undefined ? {} : { "Content-Encoding": encoding };
  const response = await fetch(url, { method: "POST", body: body as Uint8Array<ArrayBuffer>, headers });
  return [response.status, await response.text()];
}

describe("a body", () => {
  test("arrives whole up to the limit, plain or packed", async () => {
    const body = Buffer.alloc(1000, "x");
    expect(await send(body)).toEqual([200, body.toString()]);
    expect(await send(brotliCompressSync(body), "br")).toEqual([200, body.toString()]);
    expect(await send(gzipSync(body), "gzip")).toEqual([200, body.toString()]);
  });

  test("is refused above the limit, and its sender hears it", async () => {
    expect(await send(Buffer.alloc(1001))).toEqual([400, "The request body is larger than 1000 bytes."]);
    expect((await send(Buffer.alloc(50_000_000)))[0]).toBe(400);
  });

  test("that unpacks to more than the limit is not unpacked further", async () => {
    const bomb = brotliCompressSync(Buffer.alloc(20_000_000));
    expect(bomb.length).toBeLessThan(limit);
    expect((await send(bomb, "br"))[1]).toContain("damaged or larger than 1000 bytes");
  });

  test("that is damaged, or packed where that is not expected, is refused", async () => {
    expect((await send(Buffer.from("no brotli"), "br"))[0]).toBe(400);
    expect((await send(Buffer.from("x"), "compress"))[1]).toContain(
      "Content-Encoding compress is not supported",
    );
    compressed = false;
    expect((await send(gzipSync("x"), "gzip"))[0]).toBe(400);
  });

  test("is JSON in UTF-8 or nothing", () => {
    expect(parseJson(Buffer.from('{"a":"é"}'))).toEqual({ a: "é" });
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      "Failed to parse the request body as JSON",
    );
    expect(() => parseJson(Buffer.from(""))).toThrow("Failed to parse the request body as JSON");
  });
});
