/** PraxTalk and a deployment of a fixture behind Debian's nginx, with deploy/nginx.conf. */
import { once } from "node:events";
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket, { type ClientOptions } from "ws";
import { startApp, type App } from "../helpers/app";
import { convexProject, startBackend, type Backend } from "../helpers/embedded";
import { ask, freePort, NAMES, startNginx, type Nginx, type Upstreams } from "./nginx";

const origins = {
  PRAXTALK_WEB_URL: `https://${NAMES.web}`,
  PRAXTALK_CONVEX_URL: `https://${NAMES.convex}`,
  PRAXTALK_SITE_URL: `https://${NAMES.site}`,
  PRAXTALK_TRUSTED_PROXIES: "127.0.0.1",
};
const json = { "content-type": "application/json" };

describe("PraxTalk", () => {
  let app: App;
  let nginx: Nginx;
  beforeAll(async () => {
    const upstreams: Upstreams = { web: await freePort(), convex: await freePort(), site: await freePort() };
    app = await startApp({
      env: {
        ...origins,
        PORT: String(upstreams.web),
        CONVEX_PORT: String(upstreams.convex),
        CONVEX_SITE_PORT: String(upstreams.site),
      },
    });
    nginx = await startNginx(upstreams);
  });
  afterAll(async () => {
    await nginx.stop();
    await app.dispose();
  });

  test("the dashboard, the widget and the REST API are there over TLS", async () => {
    const page = await ask(nginx, NAMES.web, "/setup");
    expect([page.status, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
    expect(page.headers["content-security-policy"]).toContain(`wss://${NAMES.convex}`);
    const widget = await ask(nginx, NAMES.web, "/widget.js");
    expect([widget.status, widget.text]).toEqual([200, expect.stringContaining(`https://${NAMES.site}`)]);
    for (const name of [NAMES.web, NAMES.site]) {
      expect((await ask(nginx, name, "/api/v1/ping")).status).toBe(200);
    }
  });

  test("plain HTTP is sent to TLS", async () => {
    const [answer] = (await once(
      get({ host: "127.0.0.1", port: nginx.plainPort, path: "/a?b", headers: { host: NAMES.web } }),
      "response",
    )) as [{ statusCode: number; headers: { location?: string } }];
    expect([answer.statusCode, answer.headers.location]).toEqual([301, `https://${NAMES.web}/a?b`]);
  });
});

describe("a deployment", () => {
  let backend: Backend;
  let nginx: Nginx;
  beforeAll(async () => {
    const upstreams: Upstreams = { web: await freePort(), convex: await freePort(), site: await freePort() };
    backend = await startBackend({ port: upstreams.convex, sitePort: upstreams.site, env: origins });
    const project = convexProject({
      "app.ts": `
        import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";
        export const asked = mutation({ args: {}, handler: (ctx) => ctx.meta.getRequestMetadata() });
        export const upload = mutation({ args: {}, handler: (ctx) => ctx.storage.generateUploadUrl() });
        export const ready = query({ args: {}, handler: async () => "ready" });`,
      "http.ts": `
        import { httpActionGeneric as httpAction, httpRouter } from "convex/server";
        const http = httpRouter();
        http.route({ path: "/asked", method: "POST", handler: httpAction(async (ctx, request) =>
          Response.json({ ...(await ctx.meta.getRequestMetadata()), url: request.url, size: (await request.bytes()).length })) });
        export default http;`,
    });
    await backend.push(project.dir);
    project.remove();
    nginx = await startNginx(upstreams);
  });
  afterAll(async () => {
    await nginx.stop();
    await backend.stop();
  });
  const run = async (path: string) => {
    const body = JSON.stringify({ path, args: {}, format: "json" });
    const answer = await ask(nginx, NAMES.convex, "/api/mutation", { method: "POST", headers: json, body });
    return (JSON.parse(answer.text) as { value: unknown }).value;
  };

  test("functions see the client's own address, not the proxy's, and no forged one", async () => {
    expect(await run("app:asked")).toMatchObject({ ip: "127.0.0.9" });
    const forged = await ask(nginx, NAMES.site, "/asked", {
      method: "POST",
      headers: { "x-forwarded-for": "192.0.2.66" },
      body: Buffer.alloc(15 << 20),
    });
    expect(JSON.parse(forged.text)).toMatchObject({
      ip: "127.0.0.9",
      url: `https://${NAMES.site}/asked`,
      size: 15 << 20,
    });
  });

  test("the websocket is passed on", async () => {
    const tls: ClientOptions & { servername: string } = {
      servername: NAMES.convex,
      headers: { host: NAMES.convex },
      ca: nginx.certificate,
    };
    const socket = new WebSocket(`wss://127.0.0.1:${nginx.tlsPort}/api/1.48.0/sync`, tls);
    await once(socket, "open");
    const modifications = [{ type: "Add", queryId: 0, udfPath: "app:ready", args: [{}] }];
    const sessionId = crypto.randomUUID();
    socket.send(
      JSON.stringify({ type: "Connect", sessionId, connectionCount: 0, lastCloseReason: null, clientTs: 0 }),
    );
    socket.send(JSON.stringify({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications }));
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({
      type: "Transition",
      modifications: [{ type: "QueryUpdated", value: "ready" }],
    });
    socket.close();
    await once(socket, "close");
  });

  test("large uploads go through", async () => {
    const url = new URL((await run("app:upload")) as string);
    expect(url.origin).toBe(`https://${NAMES.convex}`);
    const answer = await ask(nginx, NAMES.convex, url.pathname + url.search, {
      method: "POST",
      body: Buffer.alloc(40 << 20),
    });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("storageId")]);
  });

  test("what is for the machine's owner is not there from outside", async () => {
    for (const target of ["/metrics", "/operation/backup"]) {
      const answer = await ask(nginx, NAMES.convex, target, {
        headers: { authorization: `Convex ${backend.adminKey}` },
      });
      expect([target, answer.status]).toEqual([target, 404]);
    }
  });
});
