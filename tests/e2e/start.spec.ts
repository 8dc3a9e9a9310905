import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import { App, descendants, isAlive, OWNER_PASSWORD, runConvex, startApp } from "../helpers/app";
import { LOGINS_PER_EMAIL_AND_ADDRESS } from "../../lib/limits";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An instance of this file's own, which its tests end, and leave running. Nobody has an account there. */
let own: App;
test.beforeAll(async () => void (own = await startApp()));
test.afterAll(() => own.dispose());

/** Runs `npm start` to its end and returns what a person would see of it: npm's own lines aside. */
async function refusal(env: Record<string, string>, dataDir?: string) {
  const app = new App({ env, dataDir });
  try {
    const [code] = (await once(app.launch(), "close")) as [number | null];
    const lines = app.output.split("\n").filter((line) => line !== "" && !/^(?:> |npm )/.test(line));
    return { code, lines };
  } finally {
    await app.dispose();
  }
}

test("a taken port is refused with one sentence, whichever it is", async () => {
  const taken = net.createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = String((taken.address() as net.AddressInfo).port);
  try {
    for (const variable of ["PORT", "CONVEX_PORT", "CONVEX_SITE_PORT"]) {
      const { code, lines } = await refusal({ [variable]: port });
      expect(lines).toEqual([
        `Port ${port} on 127.0.0.1 is taken by another program; set ${variable} to a free one.`,
      ]);
      expect(code).toBe(1);
    }
  } finally {
    taken.close();
  }
});

test("a data folder that cannot be written is refused with one sentence", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "praxtalk-"));
  const file = path.join(folder, "file");
  writeFileSync(file, "kept");
  try {
    const { code, lines } = await refusal({}, path.join(file, "data"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^The data folder .* cannot be written/);
    expect(code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("kept");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a second instance on the same data folder is refused, and the first serves on", async () => {
  const app = sharedApp();
  const cliEnv = readFileSync(path.join(app.dataDir, "cli.env"), "utf8");
  const { code, lines } = await refusal({}, app.dataDir);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(app.dataDir);
  expect(code).toBe(1);
  expect(readFileSync(path.join(app.dataDir, "cli.env"), "utf8")).toBe(cliEnv);
  expect((await fetch(`${app.siteUrl}/api/v1/ping`)).status).toBe(200);
  expect((await fetch(`${app.webUrl}/healthz`)).status).toBe(200);
});

test("an old Node is refused with one sentence", async () => {
  // The version is what the check reads; Node's own binary of that age is not at hand.
  const pretend = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.4"}})`;
  const child = spawn(process.execPath, ["--import", pretend, "scripts/start.mjs"], { cwd: root });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  expect(output).toBe("PraxTalk needs Node 20.19 or newer; this is Node 18.20.4.\n");
  expect(code).toBe(1);
});

test("SIGTERM and SIGINT to npm stop every process, exit code 0; a second start builds and pushes nothing", async () => {
  const outputs = ["dist/embedded/main.js", "dist/server/main.js", "dist/widget/widget.js", ".next/BUILD_ID"];
  const times = () => outputs.map((file) => statSync(path.join(root, file)).mtimeMs);
  const pushed = statSync(path.join(own.dataDir, "pushed.json")).mtimeMs;
  const built = times();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const below = descendants(own.pid);
    expect(below.length).toBeGreaterThanOrEqual(3);
    expect(await own.stop(signal)).toBe(0);
    await expect.poll(() => below.filter(isAlive)).toEqual([]);
    await expect(fetch(`${own.siteUrl}/api/v1/ping`)).rejects.toThrow();
    await own.start();
    expect(own.output).not.toMatch(/Installing|Building|Pushing/);
  }
  expect(times()).toEqual(built);
  expect(statSync(path.join(own.dataDir, "pushed.json")).mtimeMs).toBe(pushed);
});

test("two instances from one checkout know nothing of each other", async () => {
  const other = sharedApp();
  expect(new URL(own.webUrl).port).not.toBe(new URL(other.webUrl).port);
  const { widgetId } = await other.provision("Side by side");
  const config = async (site: string): Promise<unknown> =>
    (await fetch(`${site}/widget/config?widgetId=${widgetId}`)).json();
  expect(await config(other.siteUrl)).toMatchObject({ brandName: "Side by side" });
  expect(await config(own.siteUrl)).toBeNull();
  expect(await runConvex(own.dataDir, ["run", "setup:status"])).toEqual({ needsSetup: true });
});

test("a deployment that the environment names is used instead of an embedded one", async () => {
  const web = new App({
    env: {
      PRAXTALK_TRUSTED_PROXIES: "127.0.0.1",
      CONVEX_SELF_HOSTED_URL: own.convexUrl,
      CONVEX_SELF_HOSTED_ADMIN_KEY: readFileSync(path.join(own.dataDir, "admin.key"), "utf8").trim(),
    },
  });
  try {
    await web.start();
    expect(web.address).toMatchObject({ convexUrl: own.convexUrl, siteUrl: own.siteUrl });
    expect(descendants(web.pid).map(commandOf).join()).not.toContain("dist/embedded/main.js");
    expect(await (await fetch(`${web.webUrl}/api/v1/ping`)).json()).toMatchObject({ ok: true });
    await expectClientsApart(web.webUrl);
    expect(await web.stop()).toBe(0);
    expect((await fetch(`${own.siteUrl}/api/v1/ping`)).status).toBe(200);
  } finally {
    await web.dispose();
  }
});

/** Whoever has used up the tries of one address holds up nobody at another, though all come by the same web server. */
async function expectClientsApart(webUrl: string) {
  const from = (address: string, path: string, init: RequestInit = {}) =>
    fetch(webUrl + path, { ...init, headers: { ...init.headers, "X-Forwarded-For": address } });
  const login = async (address: string) => {
    const body = JSON.stringify({ email: "nobody@acme.test", password: "a wrong password" });
    const headers = { Origin: webUrl, "Content-Type": "application/json" };
    return (await from(address, "/api/session", { method: "POST", headers, body })).status;
  };
  for (let i = 0; i < LOGINS_PER_EMAIL_AND_ADDRESS; i++) expect(await login("192.0.2.1")).toBe(401);
  expect(await login("192.0.2.1")).toBe(429);
  expect(await login("192.0.2.2")).toBe(401);
  const remaining = async (address: string) =>
    (await from(address, "/api/v1/brands")).headers.get("X-RateLimit-Remaining");
  const first = await remaining("192.0.2.1");
  expect(await remaining("192.0.2.2")).toBe(first);
}

test("behind a reverse proxy, pages name the public addresses, and none of them is needed to start", async () => {
  const urls = {
    PRAXTALK_WEB_URL: "https://chat.example.test",
    PRAXTALK_CONVEX_URL: "https://convex.example.test",
    PRAXTALK_SITE_URL: "https://site.example.test",
  };
  const ports = await freePorts(3);
  const [PORT = "", CONVEX_PORT = "", CONVEX_SITE_PORT = ""] = ports;
  const app = new App({ env: { ...urls, HOST: "0.0.0.0", PORT, CONVEX_PORT, CONVEX_SITE_PORT } });
  try {
    await app.start();
    expect(app.address).toMatchObject({
      webUrl: urls.PRAXTALK_WEB_URL,
      convexUrl: urls.PRAXTALK_CONVEX_URL,
      siteUrl: urls.PRAXTALK_SITE_URL,
    });
    const local = `http://127.0.0.1:${PORT}`;
    const policy = (await fetch(`${local}/setup`)).headers.get("content-security-policy");
    expect(policy).toContain("wss://convex.example.test");
    expect(await (await fetch(`${local}/widget.js`)).text()).toContain(urls.PRAXTALK_SITE_URL);
    expect((await fetch(`${local}/api/v1/ping`)).status).toBe(200);
    const widgetId = await setUpByToken(app, local, `http://127.0.0.1:${CONVEX_PORT}`);
    const config = await fetch(`http://127.0.0.1:${CONVEX_SITE_PORT}/widget/config?widgetId=${widgetId}`);
    expect(await config.json()).toMatchObject({ convexUrl: urls.PRAXTALK_CONVEX_URL });
  } finally {
    await app.dispose();
  }
});

/** The first account of an instance that others can reach takes the link that is printed; the widget id of its brand. */
async function setUpByToken(app: App, web: string, convex: string): Promise<string> {
  const link = /^open (\S+)\/setup\?token=([\w-]{43}) to make the first account$/m;
  await expect.poll(() => app.output).toMatch(link);
  const [, origin, setupToken] = link.exec(app.output) ?? [];
  expect(origin).toBe(app.webUrl);
  const owner = { workspaceName: "Proxied", ownerName: "Ada", ownerEmail: "ada@acme.test" };
  const account = { ...owner, ownerPassword: OWNER_PASSWORD };
  const setUp = (body: Record<string, string>) =>
    fetch(`${web}/api/setup`, {
      method: "POST",
      headers: { Origin: app.webUrl, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  for (const body of [account, { ...account, setupToken: "a guess" }]) {
    const refused = await setUp(body);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "SETUP_TOKEN_REQUIRED", field: "setupToken" });
  }
  const client = new ConvexHttpClient(convex, { skipConvexDeploymentUrlCheck: true, logger: false });
  const made = await client.action(api.workspaces.create, { ...account, setupToken });
  return made.widgetId;
}

/** Ports that were free a moment ago, all at once. */
async function freePorts(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => String((server.address() as net.AddressInfo).port));
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

test("a child that dies takes the rest with it: one sentence, exit code 1", async () => {
  const commands = descendants(own.pid).map((pid) => ({ pid, command: commandOf(pid) }));
  const backend = commands.find(({ command }) => command.includes("dist/embedded/main.js"));
  const npm = own.exit();
  process.kill(backend?.pid ?? 0, "SIGKILL");
  expect(await npm).toBe(1);
  expect(own.output).toContain("The Convex backend stopped unexpectedly (SIGKILL), so PraxTalk stops.");
  await expect.poll(() => commands.filter(({ pid }) => isAlive(pid))).toEqual([]);
  await own.start();
});

test("kill -9 of start alone leaves no process behind", async () => {
  const below = descendants(own.pid);
  const start = below.find((pid) => commandOf(pid).includes("scripts/start.mjs"));
  const closed = own.exit();
  process.kill(start ?? 0, "SIGKILL");
  await closed;
  await expect.poll(() => below.filter(isAlive)).toEqual([]);
  await own.start();
});

test("the key of the deployment is for its owner's eyes only", () => {
  const { dataDir } = sharedApp();
  for (const file of ["cli.env", "admin.key"])
    expect(statSync(path.join(dataDir, file)).mode & 0o777).toBe(0o600);
});

function commandOf(pid: number): string {
  return process.platform === "linux"
    ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
    : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
}
