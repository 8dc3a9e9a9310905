import { expect, test, vi } from "vitest";
import { launcherTexts } from "@/lib/launcher-texts";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import { WAIT } from "../../../helpers/wait";
import {
  CONFIG,
  PANEL,
  addTag,
  answers,
  fetchStub,
  hosts,
  launcher,
  launchers,
  load,
  panelLog,
  praxtalk,
  useScene,
  warn,
} from "./loader-scene";

useScene();

test("shows a button after one request, and nothing else", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  expect(fetchStub.mock.calls.map(([url]) => url)).toEqual([
    "__PRAXTALK_SITE_URL__/widget/config?widgetId=ws_1",
  ]);
  expect(launcher().getAttribute("aria-label")).toBe("Open chat");
  expect(launcher().getAttribute("aria-expanded")).toBe("false");
  expect(panelLog).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

test("reads the attribute's older name", async () => {
  addTag({ "data-workspace-id": "ws_1" });
  await load();
  await launchers(1);
  expect(hosts()[0]?.getAttribute("data-widget-id")).toBe("ws_1");
});

test("mounts an id once, however often it is loaded", async () => {
  addTag({ "data-widget-id": "ws_1" });
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await load();
  await launchers(1);
  expect(fetchStub).toHaveBeenCalledTimes(1);
});

test("puts a second id beside the first, and the other corner's at its corner", async () => {
  answers.ws_3 = Response.json({ ...CONFIG, position: "bl" });
  for (const id of ["ws_1", "ws_2", "ws_3"]) addTag({ "data-widget-id": id });
  await load();
  await launchers(3);
  const places = hosts().map((_, index) => launcher(index).style.getPropertyValue("--praxtalk-place"));
  expect(places).toEqual(["0", "1", "0"]);
});

test.each([
  ["an unknown id", Response.json(null), /no widget has the id "ws_1"/],
  ["a failing site", new Response("oops", { status: 500 }), /status 500/],
  ["a failing site that sends JSON", Response.json(null, { status: 404 }), /status 404/],
  ["an unreachable site", new TypeError("Failed to fetch"), /cannot be reached/],
  ["an answer that is no config", Response.json({ hello: 1 }), /sent no config/],
  ["an answer that is no JSON", new Response("<html>"), /sent no config/],
])("leaves the page alone and warns once for %s", async (_, answer, reason) => {
  answers.ws_1 = answer;
  addTag({ "data-widget-id": "ws_1" });
  const before = document.documentElement.cloneNode(true);
  await load();
  await vi.waitFor(() => expect(warn).toHaveBeenCalled(), WAIT);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^PraxTalk: .*nothing is shown\.$/)]]);
  expect(warn.mock.calls[0]?.[0]).toMatch(reason);
  expect(document.documentElement.isEqualNode(before)).toBe(true);
});

test("warns about a tag without an id, and asks nobody", async () => {
  addTag({});
  await load();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(fetchStub).not.toHaveBeenCalled();
});

test("tries again when it is loaded again after a failure", async () => {
  answers.ws_1 = new TypeError("Failed to fetch");
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await vi.waitFor(() => expect(warn).toHaveBeenCalled(), WAIT);
  answers.ws_1 = Response.json(CONFIG);
  await load();
  await launchers(1);
});

test("opens and closes the panel, and opening one closes another", async () => {
  addTag({ "data-widget-id": "ws_1" });
  addTag({ "data-widget-id": "ws_2" });
  await load();
  await launchers(2);
  launcher(0).click();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1", "open ws_1"]), WAIT);
  expect(launcher(0).getAttribute("aria-expanded")).toBe("true");
  launcher(1).click();
  await vi.waitFor(() => expect(panelLog.slice(2)).toEqual(["mount ws_2", "close ws_1", "open ws_2"]), WAIT);
  expect(launcher(0).getAttribute("aria-expanded")).toBe("false");
  launcher(1).click();
  expect(panelLog.at(-1)).toBe("close ws_2");
  expect(hosts()[1]?.shadowRoot?.activeElement).toBe(launcher(1));
});

test("says so when the panel cannot be loaded, and the next click tries again", async () => {
  vi.stubGlobal("PRAXTALK_PANEL_FILE", "data:text/javascript,throw new Error('broken')");
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  launcher().click();
  const notice = hosts()[0]?.shadowRoot?.querySelector("[role=status]");
  await vi.waitFor(() => expect(notice?.textContent).toBe("The chat could not be loaded. Try again."), WAIT);
  expect(launcher().getAttribute("aria-expanded")).toBe("false");
  vi.stubGlobal("PRAXTALK_PANEL_FILE", `data:text/javascript,${encodeURIComponent(PANEL)}`);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1", "open ws_1"]), WAIT);
  expect(notice?.textContent).toBe("");
});

test("loads the panel at once for a visitor with a running conversation, closed", async () => {
  localStorage.setItem("praxtalk:ws_1:visitor", JSON.stringify({ key: "v_1", conversationId: "c1" }));
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1"]), WAIT);
  expect(launcher().getAttribute("aria-expanded")).toBe("false");
});

test("counts unread messages beside the name, not in it", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  const { panelHost } = globalThis as unknown as {
    panelHost: { onUnreadChange: (count: number, description: string) => void };
  };
  panelHost.onUnreadChange(12, "12 new messages");
  expect(launcher().getAttribute("aria-label")).toBe("Open chat");
  expect(launcher().getAttribute("aria-description")).toBe("12 new messages");
  expect(launcher().querySelector(".count")?.textContent).toBe("9+");
  panelHost.onUnreadChange(0, "");
  expect(launcher().hasAttribute("aria-description")).toBe(false);
});

test("does what the page asks for before the script has run, and before the launcher is there", async () => {
  const heard: string[] = [];
  window.PraxTalk = [
    (api) => api.on("ready", () => heard.push("ready")),
    () => {
      throw new Error("a mistake of the page");
    },
    (api) => api.prefill({ name: "Hannah" }),
  ];
  const report = vi.fn();
  vi.stubGlobal("reportError", report);
  addTag({ "data-widget-id": "ws_1" });
  await load();
  expect(report).toHaveBeenCalledTimes(1);
  praxtalk()?.open();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1", "open ws_1"]), WAIT);
  expect(heard).toEqual(["ready"]);
  const { panelHost } = globalThis as unknown as { panelHost: { prefill: object } };
  expect(panelHost.prefill).toEqual({ name: "Hannah" });
  praxtalk()?.on("ready", () => heard.push("late"));
  praxtalk()?.prefill({ email: "h@x.de" });
  expect(heard).toEqual(["ready", "late"]);
  expect(panelLog.at(-1)).toBe('prefill ws_1 {"email":"h@x.de"}');
});

test("data of the page that cannot be told is refused where the page gives it, and keeps nobody from the chat", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  praxtalk()?.setPageData({ plan: "pro" });
  const own: Record<string, never> = {};
  expect(() => praxtalk()?.setPageData(Object.assign(own, { own }))).toThrow(TypeError);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  expect((globalThis as unknown as { panelHost: { pageData: unknown } }).panelHost.pageData).toBe(
    '{"plan":"pro"}',
  );
});

test("tells listeners of opening, closing, messages and what is unread, until they stop", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const heard: unknown[] = [];
  const widget = praxtalk()?.get("ws_1");
  for (const event of ["open", "close", "message", "unread"] as const) {
    widget?.on(event, (detail) => heard.push([event, detail]));
  }
  const stop = widget?.on("open", () => heard.push("stopped"));
  stop?.();
  widget?.toggle();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  const { panelHost } = globalThis as unknown as {
    panelHost: {
      onUnreadChange: (count: number, description: string) => void;
      onMessage: (message: object) => void;
    };
  };
  panelHost.onUnreadChange(2, "2 new messages");
  panelHost.onMessage({ from: "operator", text: "It sings.", at: 5 });
  widget?.toggle();
  widget?.close();
  expect(heard).toEqual([
    ["open", undefined],
    ["unread", 2],
    ["message", { from: "operator", text: "It sings.", at: 5 }],
    ["close", undefined],
  ]);
});

test("a destroyed widget leaves nothing, stays silent, and may be mounted again at its place", async () => {
  addTag({ "data-widget-id": "ws_1" });
  addTag({ "data-widget-id": "ws_2" });
  await load();
  await launchers(2);
  const first = praxtalk()?.get("ws_1");
  launcher(0).click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  first?.destroy();
  first?.destroy();
  first?.open();
  expect(panelLog).toEqual(["mount ws_1", "open ws_1", "destroy ws_1"]);
  expect(hosts()).toHaveLength(1);
  expect(praxtalk()?.get("ws_1")).toBeUndefined();
  expect(praxtalk()?.mount("ws_1")).toBe(praxtalk()?.mount("ws_1"));
  await launchers(2);
  expect(launcher(1).style.getPropertyValue("--praxtalk-place")).toBe("0");
});

test("a widget that is destroyed while its config or its panel is on the way never appears", async () => {
  let letThrough: () => void = () => undefined;
  vi.stubGlobal("panelGate", new Promise<void>((resolve) => (letThrough = resolve)));
  const slowPanel = `data:text/javascript,${encodeURIComponent(`await globalThis.panelGate;${PANEL}`)}`;
  vi.stubGlobal("PRAXTALK_PANEL_FILE", slowPanel);
  addTag({ "data-widget-id": "ws_1" });
  await load();
  praxtalk()?.get("ws_1")?.destroy();
  praxtalk()?.mount("ws_2").open();
  await launchers(1);
  praxtalk()?.get("ws_2")?.destroy();
  letThrough();
  await import(/* @vite-ignore */ slowPanel);
  await new Promise((resolve) => setTimeout(resolve));
  expect(hosts()).toEqual([]);
  expect(panelLog).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  ["the visitor's", "auto", ["xx-YY", "ar-EG"], "فتح المحادثة", "rtl", { send: "إرسال" }],
  ["the brand's", "en", ["ar"], "Open chat", "ltr", {}],
  ["English for a visitor of another", "auto", ["xx"], "Open chat", "ltr", {}],
] as const)("speaks %s language", async (_, locale, preferred, label, direction, translation) => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(preferred);
  const set = { ...DEFAULT_WIDGET_SETTINGS, locale };
  answers.ws_1 = Response.json({ ...CONFIG, ...set, launcherTexts: launcherTexts(set) });
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  expect(launcher().getAttribute("aria-label")).toBe(label);
  expect(launcher().parentElement?.dir).toBe(direction);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  const { panelHost } = globalThis as unknown as { panelHost: { translation: object } };
  expect(panelHost.translation).toEqual(translation);
});

test("a language that cannot be loaded keeps nobody from the chat", async () => {
  vi.stubGlobal("PRAXTALK_LANGUAGE_FILES", { ar: "data:text/javascript,throw new Error('broken')" });
  answers.ws_1 = Response.json({ ...CONFIG, locale: "ar" });
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  const { panelHost } = globalThis as unknown as { panelHost: { translation: object } };
  expect(panelHost.translation).toEqual({});
});
