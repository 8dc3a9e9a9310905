import { chromium, type CDPSession, type Page } from "@playwright/test";
import type { PraxTalk } from "../../widget/api";
import type { Provisioned } from "../helpers/app";
import { launchOptions } from "../helpers/browser";
import { serveHostPage } from "../helpers/host-page";
import { signedIn } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { launcher, newVisitor, say, shownTexts, snippet, startChat, thread } = widget;

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
const servers: { close(): Promise<void> }[] = [];

test.beforeEach(async ({}, { testId }) => {
  workspace = await sharedApp().provision(`Lifecycle ${testId}`);
  operator = widget.operatorOf(sharedApp(), workspace);
});
test.afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serve(body: string): Promise<string> {
  const server = await serveHostPage(`<h1>Kettles</h1>${body}`);
  servers.push(server);
  return server.url;
}

const hosts = (page: Page) => page.locator("praxtalk-widget");

test("the page steers its widget, tells the team what it knows and hears of it, from before the script has run", async ({
  browser,
}, { testId }) => {
  // The page also has what old libraries do to objects and lists.
  const queue = `<script>
    Object.prototype.errors = Object.prototype.locale = Object.prototype.status = () => "polluted";
    Array.prototype.first = function () { return this[0]; };
    window.heard = [];
    (window.PraxTalk ||= []).push((praxtalk) => {
      for (const event of ["ready", "open", "close", "message", "unread"]) {
        praxtalk.on(event, (detail) => heard.push([event, detail?.text ?? detail ?? null]));
      }
      praxtalk.prefill({ name: "Hannah Weiss", email: "hannah@posteo.de", phone: "+49 30 1234567" });
      praxtalk.setPageData({ plan: "pro", seats: 5 });
      praxtalk.open();
    });
  </script>`;
  const page = await newVisitor(browser, await serve(queue + snippet(sharedApp(), workspace.widgetId)));
  const heard = () => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Hannah Weiss");
  await expect(page.getByLabel("Phone", { exact: true })).toHaveValue("30 1234567");
  await page.evaluate(() => (window.PraxTalk as PraxTalk).prefill({ message: "About order 5" }));
  await expect(page.getByLabel("Message", { exact: true })).toHaveValue("About order 5");
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText("Sent ");
  // The answer to the form may be there before the live list is, which alone tells of messages.
  await expect.poll(heard).toContainEqual(["message", "About order 5"]);
  const desk = await signedIn(browser, sharedApp(), `Lifecycle ${testId}`);
  await desk.goto(`${sharedApp().webUrl}/app?conversation=${(await operator.conversation())._id}`);
  const told = (term: string) => desk.locator("dt", { hasText: term }).locator("+ dd");
  await expect(told("plan")).toHaveText("pro");
  await expect(told("seats")).toHaveText("5");
  await page.evaluate(() => (window.PraxTalk as PraxTalk).setPageData({ plan: "free" }));
  await expect(told("plan")).toHaveText("free");
  await expect(told("seats")).toHaveCount(0);
  await page.evaluate(() => (window.PraxTalk as PraxTalk).toggle());
  await operator.reply("It sings.");
  await expect(launcher(page)).toHaveAccessibleDescription("1 new message");
  expect(await heard()).toEqual([
    ["ready", null],
    ["open", null],
    ["message", "About order 5"],
    ["close", null],
    ["unread", 1],
    ["message", "It sings."],
  ]);
  await page.evaluate((id) => (window.PraxTalk as PraxTalk).get(id)?.destroy(), workspace.widgetId);
  await expect(hosts(page)).toHaveCount(0);
});

test("it outlives navigations inside the page: replaced bodies, repeated tags, effects that run twice", async ({
  browser,
}) => {
  const tag = snippet(sharedApp(), workspace.widgetId);
  const page = await newVisitor(browser, await serve(tag));
  await startChat(page);
  // As Turbo does it: a new body, whose script tags are run again.
  await page.evaluate((src) => {
    const body = document.createElement("body");
    const copy = document.querySelector("praxtalk-widget")!.cloneNode(true);
    const script = document.createElement("script");
    script.dataset.widgetId = copy instanceof HTMLElement ? copy.dataset.widgetId : "";
    script.src = src;
    body.append(copy, script);
    document.body.replaceWith(body);
    history.pushState(null, "", "/two");
  }, `${sharedApp().webUrl}/widget.js`);
  await expect(hosts(page)).toHaveCount(1);
  await say(page, "Still here.");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "Still here."]);
  // As old scripts do it: a document written anew, which ends all that listened to the one before.
  await page.evaluate(() => {
    document.open();
    document.write("<!doctype html><body><h1>Written anew</h1>");
    document.close();
  });
  await expect(thread(page)).toContainText("Still here.");
  await say(page, "Here again.");
  const texts = [widget.visitor.message, "Still here.", "Here again."];
  await expect.poll(operator.texts).toEqual(texts);
  // As a component does it under StrictMode: mounted, unmounted and mounted at once, then unmounted for good.
  await page.evaluate(
    async ({ id, src }) => {
      const mount = () => {
        const script = document.createElement("script");
        script.src = src;
        script.dataset.widgetId = id;
        document.body.append(script);
        const ran = new Promise((resolve) => script.addEventListener("load", resolve));
        return { ran, unmount: () => (script.remove(), (window.PraxTalk as PraxTalk).get(id)?.destroy()) };
      };
      const first = mount();
      first.unmount();
      const second = mount();
      await Promise.all([first.ran, second.ran]);
      Object.assign(window, { unmount: second.unmount });
    },
    { id: workspace.widgetId, src: `${sharedApp().webUrl}/widget.js` },
  );
  await expect(hosts(page)).toHaveCount(1);
  await launcher(page).click();
  await expect.poll(() => shownTexts(page)).toEqual(texts);
  await page.evaluate(() => (window as unknown as { unmount: () => void }).unmount());
  await expect(hosts(page)).toHaveCount(0);
});

/**
 * Answers by itself once the browser brings it back as it was: tools that steer a browser lose a page there. Typed
 * and sent through the widget's own composer.
 */
const ANSWERS_WHEN_RESTORED = `<script>
  addEventListener("pageshow", ({ persisted }) => {
    const root = document.querySelector("praxtalk-widget")?.shadowRoot;
    const composer = root?.querySelector(".composer textarea");
    if (!persisted || !composer) return;
    const answer = () => {
      if (!root.textContent.includes("Meanwhile.")) return;
      watch.disconnect();
      composer.value = "Back again.";
      composer.dispatchEvent(new Event("input", { bubbles: true }));
      composer.form.requestSubmit();
    };
    const watch = new MutationObserver(answer);
    watch.observe(root, { childList: true, subtree: true, characterData: true });
    answer();
  });
</script>`;

test("the browser may keep the page for the way back, and the chat goes on there", async () => {
  const browser = await chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    const shop = await serve(ANSWERS_WHEN_RESTORED + snippet(sharedApp(), workspace.widgetId));
    const elsewhere = await serve("<script>onload = () => setTimeout(() => history.back())</script>");
    const page = await newVisitor(browser, shop);
    await startChat(page);
    await operator.reply("Meanwhile.");
    await page.evaluate((url) => void (location.href = url), elsewhere);
    await expect.poll(operator.texts).toEqual([widget.visitor.message, "Meanwhile.", "Back again."]);
  } finally {
    await browser.close();
  }
});

/** Counts timers and websockets that are alive, from the page's first script on. */
function countTimersAndSockets(): void {
  const timers = new Set<unknown>();
  const Socket = window.WebSocket;
  const set = window.setTimeout.bind(window);
  const repeat = window.setInterval.bind(window);
  const cancel = window.clearTimeout.bind(window);
  // Either name ends either kind.
  const clear = (id: number): void => {
    timers.delete(id);
    cancel(id);
  };
  let sockets = 0;
  Object.assign(window, {
    setTimeout: (work: () => void, delay?: number) => {
      const id = set(() => {
        timers.delete(id);
        work();
      }, delay);
      timers.add(id);
      return id;
    },
    setInterval: (work: () => void, delay?: number) => {
      const id = repeat(work, delay);
      timers.add(id);
      return id;
    },
    clearTimeout: clear,
    clearInterval: clear,
    WebSocket: class extends Socket {
      constructor(url: string) {
        super(url);
        sockets += 1;
        this.addEventListener("close", () => (sockets -= 1));
      }
    },
    alive: () => ({ timers: timers.size, sockets }),
  });
}

type Counts = { nodes: number; listeners: number; timers: number; sockets: number; heap: number };

async function countAll(page: Page, session: CDPSession): Promise<Counts> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((each) => each.name === name)!.value;
  const alive = await page.evaluate(() =>
    (window as unknown as { alive: () => { timers: number; sockets: number } }).alive(),
  );
  return {
    nodes: metric("Nodes"),
    listeners: metric("JSEventListeners"),
    heap: metric("JSHeapUsedSize"),
    ...alive,
  };
}

const withoutHeap = ({ heap: _, ...counts }: Counts) => counts;

test("a hundred rounds of opening, closing and destroying leave nothing", async ({ browser }) => {
  const page = await newVisitor(browser, "about:blank");
  await page.addInitScript(countTimersAndSockets);
  await page.goto(await serve(snippet(sharedApp(), workspace.widgetId)));
  await startChat(page);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const rounds = (count: number) =>
    page.evaluate(
      async ({ id, count }) => {
        const praxtalk = window.PraxTalk as PraxTalk;
        for (let round = 0; round < count; round++) {
          const mounted = praxtalk.mount(id);
          await new Promise<void>((opened) => {
            mounted.on("open", () => opened(undefined));
            mounted.open();
          });
          mounted.close();
          mounted.destroy();
        }
      },
      { id: workspace.widgetId, count },
    );
  await page.evaluate((id) => (window.PraxTalk as PraxTalk).get(id)?.destroy(), workspace.widgetId);
  await rounds(5);
  await expect.poll(async () => (await countAll(page, session)).sockets).toBe(0);
  const before = await countAll(page, session);
  await rounds(100);
  await expect.poll(async () => withoutHeap(await countAll(page, session))).toEqual(withoutHeap(before));
  const { heap } = await countAll(page, session);
  const [from, to] = [before.heap, heap].map((bytes) => Math.round(bytes / 1024));
  process.stdout.write(`heap of a page after 5 rounds ${from} KiB, after 105 rounds ${to} KiB\n`);
});
