// Drives a Chromium through the demo workspace. The seed is fixed and times are told from now, so that a later run shows the same.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";
import { ensureChromium } from "./chromium.mjs";
import { Refusal, root, say } from "./run.mjs";

const VIEWPORT = { width: 1440, height: 900 };
const LOGIN = /^Log in as (\S+) with the password (\S+)$/;

export async function takeScreenshots() {
  const executablePath = await ensureChromium();
  const dataDir = await mkdtemp(path.join(tmpdir(), "praxtalk-pictures-"));
  const env = {
    ...process.env,
    PORT: "0",
    CONVEX_PORT: "0",
    CONVEX_SITE_PORT: "0",
    PRAXTALK_DATA_DIR: dataDir,
  };
  const demo = spawn(process.execPath, ["scripts/demo.mjs"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => demo.on("exit", resolve));
  try {
    const { web, login } = await untilReady(demo);
    const { chromium } = await import("@playwright/test");
    const browser = await chromium.launch({ executablePath });
    for (const colorScheme of ["light", "dark"]) await takeAll(browser, { web, login, colorScheme });
    await browser.close();
  } finally {
    demo.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Resolves once the demo has said where it is and how to log in. */
function untilReady(demo) {
  return new Promise((resolve, reject) => {
    let web;
    readline.createInterface({ input: demo.stdout }).on("line", (line) => {
      if (line.startsWith("ready {")) web = JSON.parse(line.slice("ready ".length)).web;
    });
    readline.createInterface({ input: demo.stderr }).on("line", (line) => {
      const login = LOGIN.exec(line);
      if (login) resolve({ web, login: { email: login[1], password: login[2] } });
      else say(line);
    });
    demo.on("exit", () => reject(new Refusal("The demo did not start.")));
  });
}

async function takeAll(browser, { web, login, colorScheme }) {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    colorScheme,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  await context.request.post(`${web}/api/session`, { headers: { Origin: web }, data: login });
  const page = await context.newPage();
  const save = async (name) => {
    const file = path.join(root, "docs", colorScheme === "light" ? `${name}.png` : `${name}-dark.png`);
    await page.mouse.move(0, 0); // off what was clicked: nothing is to look pointed at
    await page.screenshot({ path: file, animations: "disabled" });
    say(`Wrote ${path.relative(root, file)}`);
  };

  await page.goto(`${web}/app`);
  await page.getByRole("region", { name: "Conversations" }).getByRole("link").nth(1).click();
  await page.getByRole("log").getByText(/\w/).first().waitFor();
  await save("inbox");
  await page.goto(`${web}/app/integrations`);
  await page.getByRole("heading", { name: "Event log" }).waitFor();
  await page.getByRole("row").nth(2).waitFor();
  await save("integrations");
  await page.goto(`${web}/app/brands`);
  await page.getByRole("main").getByRole("link", { name: "Kettle Row", exact: true }).click();
  await page.locator("praxtalk-widget").waitFor({ state: "attached" });
  await save("brand");
  const snippet = page.getByLabel("Widget snippet");
  await page.getByRole("tab", { name: "Install" }).click();
  const widgetId = /ws_[0-9a-f]+/.exec((await snippet.textContent()) ?? "")?.[0];
  await page.goto(`${web}/demo?widget=${widgetId}`);
  await page.getByRole("button", { name: "Open chat" }).click();
  await page.getByRole("button", { name: "Start chat" }).waitFor();
  await save("widget");
  await context.close();
}
