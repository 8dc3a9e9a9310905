import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { API_ERRORS, type ApiErrorCode } from "../../../convex/rest/errors";
import { VOUCHED_ADDRESS_HEADER, vouchFor } from "../../../lib/vouched-address";
import { parseTrustedProxies } from "../../../server/forwarded";
import { createWebServer, type WebServerOptions } from "../../../server/web-server";
import { SITE_URL_PLACEHOLDER, WidgetFiles } from "../../../server/widget-files";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function widgetFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "praxtalk-widget-"));
  undo.push(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function startWeb(options: Partial<WebServerOptions> = {}, folder = "/nowhere"): Promise<string> {
  const pages: Pages = async (_request, response) => void response.end("page");
  return listen(
    createWebServer({
      convexUrl: "https://convex.test",
      siteUrl: "https://site.test",
      siteUpstream: "http://127.0.0.1:1",
      proxySecret: undefined,
      addressSecret: undefined,
      clerkHost: undefined,
      dev: false,
      trusted: parseTrustedProxies([]),
      widget: new WidgetFiles(folder, "https://site.test"),
      onError: () => undefined,
      pages: () => pages,
      ...options,
    }),
  );
}

/** An upstream that records what reached it. */
async function startUpstream(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
        answer(request, response);
      });
    }),
  );
  return { url, seen };
}

describe("pages", () => {
  it("carry a policy whose nonce is new each time and known to the page", async () => {
    const nonces: unknown[] = [];
    const pages: Pages = async (request, response) => {
      nonces.push(request.headers["x-nonce"]);
      response.end(request.headers["content-security-policy"]);
    };
    const web = await startWeb({ pages: () => pages });
    const first = await fetch(`${web}/app`);
    const policy = first.headers.get("content-security-policy");
    expect(policy).toContain(`'nonce-${String(nonces[0])}'`);
    expect(policy).toContain("connect-src 'self' https://convex.test wss://convex.test https://site.test");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
    expect(await first.text()).toBe(policy);
    await fetch(`${web}/app`, { headers: { "x-nonce": "chosen" } });
    expect(nonces[1]).not.toBe("chosen");
    expect(nonces[1]).not.toBe(nonces[0]);
  });

  it("wait with 503 until Next is ready, as /healthz says", async () => {
    const web = await startWeb({ pages: () => null });
    expect((await fetch(`${web}/app`)).status).toBe(503);
    expect((await fetch(`${web}/healthz`)).status).toBe(503);
    expect((await fetch(`${await startWeb()}/healthz`)).status).toBe(200);
  });

  it("answer 400 to an address that was cut off within an escaped character", async () => {
    const web = await startWeb({ pages: () => () => Promise.reject(new Error("asked")) });
    for (const cut of ["/invite/inv_%", "/invite/%E0%A4%A", "/docs%ff"]) {
      expect((await fetch(web + cut)).status).toBe(400);
    }
  });

  it("answer 500 without detail when the handler throws, and report it", async () => {
    const reported: unknown[] = [];
    const web = await startWeb({
      pages: () => () => Promise.reject(new Error("secret")),
      onError: (error) => reported.push(error),
    });
    const response = await fetch(`${web}/app`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(reported).toEqual([new Error("secret")]);
  });
});

describe("/api/v1", () => {
  it("passes method, path, query and body on, and status and headers back", async () => {
    const upstream = await startUpstream((_request, response) =>
      response.writeHead(201, { "X-Answer": "1", "Set-Cookie": "a=b" }).end("made"),
    );
    const web = await startWeb({ siteUpstream: upstream.url });
    const response = await fetch(`${web}/api/v1/leads?x=%2F`, {
      method: "POST",
      body: "{}",
      headers: { Authorization: "Bearer k", Cookie: "session=1", "X-Forwarded-For": "9.9.9.9" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-answer")).toBe("1");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(await response.text()).toBe("made");
    expect(upstream.seen[0]).toMatchObject({ url: "/api/v1/leads?x=%2F", body: "{}" });
    expect(upstream.seen[0]?.headers).toMatchObject({
      authorization: "Bearer k",
      "x-forwarded-for": "127.0.0.1",
      host: new URL(upstream.url).host,
    });
    expect(upstream.seen[0]?.headers).not.toHaveProperty("cookie");
  });

  it("shows its upstream the secret of the instance, whatever a client claims to know", async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    const headers = { "X-Praxtalk-Proxy-Secret": "guess" };
    const [known, unknown] = [
      await startWeb({ siteUpstream: upstream.url, proxySecret: "s3cret" }),
      await startWeb({ siteUpstream: upstream.url }),
    ];
    await fetch(`${known}/api/v1/ping`, { headers });
    await fetch(`${unknown}/api/v1/ping`, { headers });
    expect(upstream.seen.map((seen) => seen.headers["x-praxtalk-proxy-secret"])).toEqual([
      "s3cret",
      undefined,
    ]);
  });

  it("vouches for the client's address where they share a secret for it, whatever a client claims to have", async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    const headers = {
      "X-Forwarded-For": "192.0.2.7",
      [VOUCHED_ADDRESS_HEADER]: await vouchFor("1.2.3.4", "x"),
    };
    const trusted = parseTrustedProxies(["127.0.0.1"]);
    for (const addressSecret of ["shared", undefined]) {
      const web = await startWeb({ siteUpstream: upstream.url, trusted, addressSecret });
      await fetch(`${web}/api/v1/ping`, { headers });
    }
    expect(upstream.seen.map((seen) => seen.headers[VOUCHED_ADDRESS_HEADER])).toEqual([
      await vouchFor("192.0.2.7", "shared"),
      undefined,
    ]);
  });

  it("removes hop-by-hop headers, also those that Connection names", async () => {
    const upstream = await startUpstream((_request, response) =>
      response.writeHead(200, { Connection: "X-Hop", "X-Hop": "1" }).end(),
    );
    const web = await startWeb({ siteUpstream: upstream.url });
    const request = httpRequest(`${web}/api/v1/ping`, {
      headers: { Connection: "keep-alive, X-Mine", "X-Mine": "1", TE: "trailers" },
    });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect(upstream.seen[0]?.headers).not.toHaveProperty("x-mine");
    expect(upstream.seen[0]?.headers).not.toHaveProperty("te");
    expect(response.headers).not.toHaveProperty("x-hop");
  });

  const inner = "GET /api/v1/leads HTTP/1.1\r\nHost: x\r\n\r\n";
  it.each([
    ["chunked", "Transfer-Encoding: chunked", `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`],
    ["of a length", `Content-Length: ${inner.length}`, inner],
    [
      "of a length that Connection names",
      `Connection: keep-alive, content-length\r\nContent-Length: ${inner.length}`,
      inner,
    ],
  ])(
    "a body of a GET, %s, stays a body and never becomes a request of its own",
    async (_name, head, body) => {
      const upstream = await startUpstream((_request, response) => response.end("one"));
      const web = await startWeb({ siteUpstream: upstream.url });
      const socket = connect(Number(new URL(web).port), "127.0.0.1");
      undo.push(() => socket.destroy());
      socket.write(`GET /api/v1/ping HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}`);
      await once(socket, "data");
      // Whatever was left on the connection upstream would be answered before or with this.
      await (await fetch(`${web}/api/v1/brands`)).text();
      expect(upstream.seen.map(({ url, body: seenBody }) => [url, seenBody])).toEqual([
        ["/api/v1/ping", inner],
        ["/api/v1/brands", ""],
      ]);
    },
  );

  it("says from where a request comes, also when Connection names that header", async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    const web = await startWeb({ siteUpstream: upstream.url, proxySecret: "s3cret" });
    const request = httpRequest(`${web}/api/v1/ping`, {
      headers: { Connection: "keep-alive, X-Forwarded-For, X-Forwarded-Proto" },
    });
    request.end();
    await once(request, "response");
    expect(upstream.seen[0]?.headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
    });
  });

  it("streams: the first part arrives while the answer is still open", async () => {
    let finish = () => {};
    const upstream = await startUpstream((_request, response) => {
      response.write("first");
      finish = () => response.end("last");
    });
    const web = await startWeb({ siteUpstream: upstream.url });
    const body = (await fetch(`${web}/api/v1/events`)).body?.getReader();
    expect(new TextDecoder().decode((await body?.read())?.value)).toBe("first");
    finish();
    expect(new TextDecoder().decode((await body?.read())?.value)).toBe("last");
  });

  it("does not make a cut answer look complete", async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("part", () => response.destroy());
    });
    const web = await startWeb({ siteUpstream: upstream.url });
    await expect(fetch(`${web}/api/v1/events`).then((response) => response.text())).rejects.toThrow();
  });

  it("says so with 502 when nothing answers", async () => {
    const response = await fetch(`${await startWeb()}/api/v1/ping`);
    expect(response.status).toBe(API_ERRORS.UNAVAILABLE.status);
    expect(await response.json()).toEqual({
      error: expect.any(String) as string,
      code: "UNAVAILABLE" satisfies ApiErrorCode,
      requestId: response.headers.get("X-Request-Id"),
    });
    expect(response.headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
  });

  it("leaves other paths to the pages", async () => {
    const web = await startWeb();
    expect(await (await fetch(`${web}/api/v10`)).text()).toBe("page");
    expect(await (await fetch(`${web}/api/session`)).text()).toBe("page");
  });
});

describe("the widget's files", () => {
  const files = { "widget.js": `const site="${SITE_URL_PLACEHOLDER}"`, "panel-AB12.js": "panel" };

  it("go to any origin, with the site's address filled in", async () => {
    const web = await startWeb({}, widgetFolder(files));
    const response = await fetch(`${web}/widget.js?v=1`);
    expect(await response.text()).toBe('const site="https://site.test"');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=300",
      "x-content-type-options": "nosniff",
    });
    expect(response.headers.get("content-security-policy")).toBeNull();
  });

  it("are revalidated by ETag, and a panel is kept for ever", async () => {
    const web = await startWeb({}, widgetFolder(files));
    const etag = (await fetch(`${web}/widget.js`)).headers.get("etag") ?? "";
    expect((await fetch(`${web}/widget.js`, { headers: { "If-None-Match": etag } })).status).toBe(304);
    expect((await fetch(`${web}/widget.js`, { headers: { "If-None-Match": '"old"' } })).status).toBe(200);
    expect((await fetch(`${web}/panel-AB12.js`)).headers.get("cache-control")).toContain("immutable");
  });

  it("include one for Subresource Integrity, immutable and byte for byte, and where to find it", async () => {
    const name = `${"0a".repeat(16)}.js`;
    const told = { path: `/widget/${name}`, integrity: "sha384-x", siteUrl: SITE_URL_PLACEHOLDER };
    const folder = widgetFolder({ [name]: "whole — ü", "integrity.json": JSON.stringify(told) });
    const web = await startWeb({}, folder);
    const whole = await fetch(`${web}/widget/${name}`);
    expect(await whole.text()).toBe("whole — ü");
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=31536000, immutable, no-transform",
    });
    const manifest = await fetch(`${web}/widget/integrity.json`);
    expect(await manifest.json()).toEqual({ ...told, siteUrl: "https://site.test" });
    expect(Object.fromEntries(manifest.headers)).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-cache",
    });
    const unknown = await fetch(`${web}/widget/${"0b".repeat(16)}.js`);
    expect([unknown.status, unknown.headers.get("cache-control")]).toEqual([404, "no-store"]);
  });

  it("are compressed where that is accepted", async () => {
    const web = await startWeb({}, widgetFolder(files));
    const request = httpRequest(`${web}/panel-AB12.js`, { headers: { "Accept-Encoding": "br;q=0, gzip" } });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(response.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe("panel");
  });

  it("change with the file on disk", async () => {
    const folder = widgetFolder(files);
    const web = await startWeb({}, folder);
    await fetch(`${web}/panel-AB12.js`);
    writeFileSync(path.join(folder, "panel-AB12.js"), "rebuilt");
    expect(await (await fetch(`${web}/panel-AB12.js`)).text()).toBe("rebuilt");
  });

  it("of a release that is gone are those of the current one, for a page that has been open since", async () => {
    const web = await startWeb(
      {},
      widgetFolder({
        "widget.js": `const panel="panel-NEWPANEL.js",languages={de:"panel-de-NEWWORDS.js",fr:"panel-fr-NEWMOTS1.js"}`,
        "panel-NEWPANEL.js": "panel",
      }),
    );
    const panel = await fetch(`${web}/panel-OLDPANEL.js?attempt=1`);
    expect(await panel.text()).toBe('export * from "./panel-NEWPANEL.js";\n');
    expect(Object.fromEntries(panel.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
    });
    const words = await fetch(`${web}/panel-fr-OLDWORDS.js`);
    expect(await words.text()).toBe('export { default } from "./panel-fr-NEWMOTS1.js";\n');
    expect((await fetch(`${web}/panel-xx-OLDWORDS.js`)).status).toBe(404);
    // Named, and not there: it would ask for itself.
    expect((await fetch(`${web}/panel-de-NEWWORDS.js`)).status).toBe(404);
  });

  it("cannot be used to read other files, nor be written", async () => {
    const web = await startWeb({}, widgetFolder(files));
    expect((await fetch(`${web}/panel-none.js`)).status).toBe(404);
    expect((await fetch(`${web}/panel-AAAA1111.js`)).status).toBe(404);
    expect(await (await fetch(`${web}/panel-..%2fwidget.js`)).text()).toBe("page");
    expect((await fetch(`${web}/widget.js`, { method: "POST" })).status).toBe(405);
  });
});
