import { expect, test, vi } from "vitest";
import { WAIT } from "../../../helpers/wait";
import {
  CONFIG,
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

test("comes back when the page replaces its body, and takes the place of dead copies", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const [host] = hosts();
  const copy = document.createElement("praxtalk-widget");
  copy.setAttribute("data-widget-id", "ws_1");
  document.body.replaceChildren(copy, document.createElement("main"));
  await vi.waitFor(() => expect(hosts()).toEqual([host]), WAIT);
  const body = document.createElement("body");
  document.body.replaceWith(body);
  await vi.waitFor(() => expect(host?.parentNode).toBe(body), WAIT);
});

test("gives way to a page that keeps taking it away", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const [host] = hosts();
  let removals = 0;
  const opponent = new MutationObserver(() => {
    if (host?.isConnected && ++removals) host.remove();
  });
  opponent.observe(document.body, { childList: true });
  host?.remove();
  await vi.waitFor(() => expect(removals).toBeGreaterThan(5), WAIT);
  await new Promise((resolve) => setTimeout(resolve));
  const before = removals;
  await new Promise((resolve) => setTimeout(resolve));
  expect(removals).toBe(before);
  expect(host?.isConnected).toBe(false);
  opponent.disconnect();
});

test("a tag that the page has taken away before it ran mounts nothing", async () => {
  const tag = document.createElement("script");
  tag.setAttribute("src", "http://web.test/widget.js");
  tag.setAttribute("data-widget-id", "ws_1");
  const running = vi.spyOn(document, "currentScript", "get").mockReturnValue(tag);
  await load();
  running.mockRestore();
  expect(fetchStub).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});

test("comes back when the page replaces its whole document", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const [host] = hosts();
  const root = document.createElement("html");
  const body = document.createElement("body");
  root.append(body);
  document.documentElement.remove();
  document.append(root);
  await vi.waitFor(() => expect(host?.parentNode).toBe(body), WAIT);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1", "open ws_1"]), WAIT);
});

test("a tag that the script cannot find is told of", async () => {
  await load();
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/no script tag with data-widget-id was found/)]]);
  expect(fetchStub).not.toHaveBeenCalled();
});

test("a page that is loaded without a network has its widget once it is there", async () => {
  const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  answers.ws_1 = new TypeError("Failed to fetch");
  addTag({ "data-widget-id": "ws_1" });
  await load();
  praxtalk()?.open();
  await vi.waitFor(() => expect(fetchStub).toHaveBeenCalledTimes(1), WAIT);
  expect(hosts()).toEqual([]);
  answers.ws_1 = Response.json(CONFIG);
  onLine.mockReturnValue(true);
  await vi.waitFor(() => {
    dispatchEvent(new Event("online"));
    expect(panelLog).toEqual(["mount ws_1", "open ws_1"]);
  }, WAIT);
  expect(fetchStub).toHaveBeenCalledTimes(2);
  expect(warn).not.toHaveBeenCalled();
});

test("a page without a network that has destroyed its widget asks no more", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  answers.ws_1 = new TypeError("Failed to fetch");
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await vi.waitFor(() => expect(fetchStub).toHaveBeenCalledTimes(1), WAIT);
  await new Promise((resolve) => setTimeout(resolve));
  praxtalk()?.destroy();
  dispatchEvent(new Event("online"));
  expect(fetchStub).toHaveBeenCalledTimes(1);
});

test("a page may have classes and names of its own for what the browser has", async () => {
  vi.stubGlobal("HTMLScriptElement", function HTMLScriptElement() {});
  vi.stubGlobal("Node", function Node() {});
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  vi.unstubAllGlobals();
});

test("what a page does not know is nobody and nothing", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const calls = praxtalk() as unknown as Record<string, (given?: undefined) => void>;
  calls.identify?.();
  calls.setPageData?.();
  calls.prefill?.();
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toEqual(["mount ws_1", "open ws_1"]), WAIT);
  const { panelHost } = globalThis as unknown as { panelHost: object };
  expect(panelHost).toMatchObject({ identityToken: null, pageData: "{}", prefill: {} });
});

test("the button keeps its own keys from the page's shortcuts, and no others", async () => {
  addTag({ "data-widget-id": "ws_1" });
  await load();
  await launchers(1);
  const heard: string[] = [];
  const listen = ({ key }: KeyboardEvent): void => void heard.push(key);
  document.addEventListener("keydown", listen);
  const press = (key: string) =>
    launcher().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  for (const key of ["Enter", " ", "j", "Escape"]) press(key);
  expect(heard).toEqual(["j", "Escape"]);
  launcher().click();
  await vi.waitFor(() => expect(panelLog).toContain("open ws_1"), WAIT);
  press("Escape");
  expect(panelLog.at(-1)).toBe("close ws_1");
  expect(heard).toEqual(["j", "Escape"]);
  document.removeEventListener("keydown", listen);
});
