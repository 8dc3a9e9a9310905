// `npm run bench:widget`: what one script tag does to an empty page, beside the same page without it, in one run on a
// running instance; and the bytes that other published widgets ship. PRAXTALK_BENCH_ROUNDS sets how often (default 5).
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { ensureChromium } from "../scripts/support/chromium.mjs";
import { weighPublished } from "./published-widgets.mjs";

const ROUNDS = Number(process.env.PRAXTALK_BENCH_ROUNDS ?? 5);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** The instance that a user runs, on free ports and data of its own. */
async function startInstance() {
  const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-bench-"));
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    env: {
      ...process.env,
      PORT: "0",
      CONVEX_PORT: "0",
      CONVEX_SITE_PORT: "0",
      PRAXTALK_DATA_DIR: dataDir,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(dataDir, { recursive: true, force: true });
  };
  const { web, convex } = await new Promise((resolve, reject) => {
    void exited.then((code) => reject(new Error(`The instance ended with code ${code}.`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("ready {")) resolve(JSON.parse(line.slice("ready ".length)));
    });
  });
  return { web, convex, dataDir, stop };
}

async function makeBrand({ convex, dataDir }) {
  const key = readFileSync(path.join(dataDir, "admin.key"), "utf8").trim();
  const answer = await fetch(`${convex}/api/function`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${key}` },
    body: JSON.stringify({
      path: "setup:provision",
      args: {
        workspace: "Bench",
        name: "Bench",
        email: "bench@acme.test",
        password: "correct horse battery",
      },
      format: "json",
    }),
  });
  const body = await answer.json();
  if (body.status !== "success") throw new Error(JSON.stringify(body));
  return body.value.widgetId;
}

/** The tags to compare, by what they are called. */
async function tagsOf({ web }, widgetId) {
  const told = await (await fetch(`${web}/widget/integrity.json`)).json();
  const whole = `src="${web}${told.path}" integrity="${told.integrity}" crossorigin data-site-url="${told.siteUrl}"`;
  return {
    "without the widget": "",
    "with widget.js": `<script src="${web}/widget.js" data-widget-id="${widgetId}" defer></script>`,
    "with the one file": `<script ${whole} data-widget-id="${widgetId}" defer></script>`,
  };
}

/** Serves one empty page per tag from an origin of its own, as a site would carry it. */
async function servePages(tags) {
  const server = createServer((request, response) => {
    const tag = Object.values(tags)[Number(request.url.slice(1))];
    if (tag === undefined || request.url === "/") return response.writeHead(204).end();
    const page = `<!doctype html><html lang="en"><title>Empty</title><body>${tag}</body></html>`;
    response.writeHead(200, { "Content-Type": "text/html" }).end(page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** One visit by a new browser profile: figures before a click, and after the chat has been opened. */
async function visit(browser, url, hasWidget) {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const responses = [];
  page.on("response", (response) => responses.push(response));
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const figures = async () => {
    // What was to be painted is painted.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const { metrics } = await session.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration").value;
    const shift = await page.evaluate(() => window.shift);
    const bodies = await Promise.all(responses.map((response) => response.body()));
    const sum = (size) => bodies.reduce((total, body) => total + size(body), 0);
    return {
      requests: bodies.length,
      bytes: sum((body) => body.length),
      gzip: sum((body) => gzipSync(body, { level: 9 }).length),
      "main thread ms": seconds * 1_000,
      "layout shift": shift,
    };
  };
  await page.goto(url, { waitUntil: "networkidle" });
  const launcher = page.getByRole("button", { name: "Open chat" });
  if (hasWidget) await launcher.waitFor();
  const before = await figures();
  if (hasWidget) {
    await launcher.click();
    await page.getByRole("button", { name: "Start chat" }).waitFor();
  } else await page.mouse.click(10, 10);
  const after = await figures();
  await context.close();
  return { before, after };
}

function median(visits) {
  const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.fromEntries(
    Object.keys(visits[0]).map((name) => {
      const value = middle(visits.map((figures) => figures[name]));
      return [name, Number(value.toFixed(name === "layout shift" ? 4 : 1))];
    }),
  );
}

async function compare(tags) {
  const pages = await servePages(tags);
  const browser = await chromium.launch({ executablePath: await ensureChromium() });
  const visits = Object.keys(tags).map(() => []);
  try {
    // In turn, so that what else the machine does falls on all of them.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, tag] of Object.values(tags).entries()) {
        visits[index].push(await visit(browser, `${pages.url}/${index}`, tag !== ""));
      }
    }
  } finally {
    await browser.close();
    pages.close();
  }
  return Object.keys(tags).flatMap((page, index) => [
    { page, when: "before a click", ...median(visits[index].map(({ before }) => before)) },
    { page, when: "after opening", ...median(visits[index].map(({ after }) => after)) },
  ]);
}

const instance = await startInstance();
try {
  const rows = await compare(await tagsOf(instance, await makeBrand(instance)));
  process.stdout.write(
    `An empty page, medians of ${ROUNDS} visits; bytes of bodies, the page's own included:\n`,
  );
  console.table(rows);
} finally {
  await instance.stop();
}
await weighPublished();
