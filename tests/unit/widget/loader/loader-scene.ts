import { afterEach, beforeEach, expect, vi } from "vitest";
import { launcherTexts } from "@/lib/launcher-texts";
import { createPalette } from "@/lib/palette";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import type { PraxTalk } from "@/widget/api";
import { WAIT } from "../../../helpers/wait";

export const CONFIG = {
  ...DEFAULT_WIDGET_SETTINGS,
  palette: { light: createPalette("#8a4b2a", "light"), dark: createPalette("#8a4b2a", "dark") },
  brandName: "Kettle Row",
  primaryColor: "#8a4b2a",
  welcomeMessage: "Hi",
  position: "br",
  convexUrl: "http://convex.test",
  launcherTexts: launcherTexts(DEFAULT_WIDGET_SETTINGS),
};
/** A panel's bundle that writes down what it is asked to do. */
export const PANEL = `export function mountPanel(host) {
  const log = (globalThis.panelLog ??= []);
  log.push("mount " + host.widgetId);
  globalThis.panelHost = host;
  const write = (verb) => (what) => log.push([verb, host.widgetId, what && JSON.stringify(what)].join(" ").trim());
  return { open: write("open"), close: write("close"), prefill: write("prefill"), destroy: write("destroy") };
}`;

export let answers: Record<string, Response | Error>;
export let panelLog: string[];
export const fetchStub = vi.fn((url: string) => {
  const answer =
    answers[new URL(url, "http://site.test").searchParams.get("widgetId") ?? ""] ?? Response.json(null);
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer.clone());
});
export const warn = vi.spyOn(console, "warn");

export const praxtalk = (): PraxTalk | undefined => {
  const found = window.PraxTalk;
  return Array.isArray(found) ? undefined : found;
};

export function addTag(attributes: Record<string, string>): void {
  const tag = document.createElement("script");
  tag.type = "text/plain";
  tag.setAttribute("src", "http://web.test/widget.js");
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value);
  document.body.append(tag);
}

/** Runs the loader as one of the page's script tags would. */
export async function load(): Promise<void> {
  vi.resetModules();
  await import("@/widget/loader/main");
}

export const hosts = () => [...document.querySelectorAll("praxtalk-widget")];
export function launcher(index = 0): HTMLButtonElement {
  const button = hosts()[index]?.shadowRoot?.querySelector("button");
  if (!button) throw new Error("no launcher");
  return button;
}

export const launchers = (count: number) => vi.waitFor(() => expect(hosts()).toHaveLength(count), WAIT);

/** For each test of the file: a page without widgets, and a site that knows ws_1 and ws_2. */
export function useScene(): void {
  beforeEach(() => {
    answers = { ws_1: Response.json(CONFIG), ws_2: Response.json(CONFIG) };
    panelLog = [];
    vi.stubGlobal("fetch", fetchStub.mockClear());
    vi.stubGlobal("panelLog", panelLog);
    vi.stubGlobal("PRAXTALK_PANEL_FILE", `data:text/javascript,${encodeURIComponent(PANEL)}`);
    vi.stubGlobal("PRAXTALK_LANGUAGE_FILES", {
      ar: `data:text/javascript,${encodeURIComponent('export default { send: "إرسال" }')}`,
    });
    warn.mockReset().mockImplementation(() => undefined);
    localStorage.clear();
  });
  afterEach(() => {
    for (const id of ["ws_1", "ws_2", "ws_3"]) praxtalk()?.get(id)?.destroy();
    delete window.PraxTalk;
    document.body.replaceChildren();
  });
}
