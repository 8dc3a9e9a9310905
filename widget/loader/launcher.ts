import { directionOf, type Language } from "../shared/language";
import { addStyleSheet } from "../shared/style-sheet";
import type { WidgetConfig } from "../shared/types";
import css from "./launcher.css?inline";

/** What the page shows before the panel is there: the host element with the button in its corner. */
export type Launcher = {
  host: HTMLElement;
  shadowRoot: ShadowRoot;
  /** Carries the palette; the panel is drawn into it. */
  container: HTMLElement;
  button: HTMLButtonElement;
  /** Tells whether that is a change. */
  setOpen: (isOpen: boolean) => boolean;
  setBusy: (isBusy: boolean) => void;
  /** `description` says in words what the count is. */
  setUnread: (count: number, description: string) => void;
  /** A line beside the button; empty text removes it. */
  setNotice: (text: string) => void;
};

const MAX_COUNT_SHOWN = 9;

const SPEECH_BUBBLE = [
  "M5.5 4h17A3.5 3.5 0 0 1 26 7.5v10a3.5 3.5 0 0 1-3.5 3.5H13l-5.2 4.3c-.5.4-1.3.05-1.3-.6V21h-1A3.5 3.5 0 0 1 2 17.5v-10A3.5 3.5 0 0 1 5.5 4z",
  "M7 9h8v2.6H7zM13 13.8h8v2.6h-8z",
];
const CHEVRON = ["m8 11 6 6 6-6"];

type Options = {
  widgetId: string;
  config: WidgetConfig;
  language: Language;
  /** What the button is called. */
  label: string;
  /** Counts launchers of the same corner from the corner on. */
  place: number;
};

/** Builds the host element, still outside the page. */
export function createLauncher({ widgetId, config, language, label, place }: Options): Launcher {
  const host = document.createElement("praxtalk-widget");
  host.setAttribute("data-widget-id", widgetId);
  const shadowRoot = host.attachShadow({ mode: "open" });
  addStyleSheet(shadowRoot, paletteCss(config) + css);

  const container = make("div", `root ${config.position}`);
  container.lang = language;
  container.dir = directionOf(language);
  const button = make("button", "launcher");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-haspopup", "dialog");
  button.style.setProperty("--praxtalk-place", String(place));
  const badge = make("span", "count");
  badge.hidden = true;
  button.append(icon("speech", SPEECH_BUBBLE), icon("chevron", CHEVRON), badge);
  const notice = make("p", "notice");
  notice.setAttribute("role", "status");
  container.append(button, notice);
  shadowRoot.append(container);

  const launcher: Launcher = {
    host,
    shadowRoot,
    container,
    button,
    setOpen(isOpen) {
      const wasOpen = container.classList.contains("open");
      button.setAttribute("aria-expanded", String(isOpen));
      container.classList.toggle("open", isOpen);
      return wasOpen !== isOpen;
    },
    setBusy(isBusy) {
      button.setAttribute("aria-busy", String(isBusy));
    },
    setUnread(count, description) {
      badge.hidden = count === 0;
      badge.textContent = count > MAX_COUNT_SHOWN ? `${MAX_COUNT_SHOWN}+` : String(count);
      // Not a part of the name, which stays what the button is called.
      if (count > 0) button.setAttribute("aria-description", description);
      else button.removeAttribute("aria-description");
    },
    setNotice(text) {
      notice.textContent = text;
    },
  };
  launcher.setOpen(false);
  return launcher;
}

/** The launcher's ring is the opposite theme's, since nobody knows what the page has behind it. */
const SHADOWS = {
  light: "--praxtalk-ring:#fff6;--praxtalk-drop:#0008;--praxtalk-edge:#0000001a;--praxtalk-fall:#00000059;",
  dark: "--praxtalk-ring:#0006;--praxtalk-drop:#000;--praxtalk-edge:#ffffff1f;--praxtalk-fall:#000000bf;",
};

function paletteCss({ palette, theme }: WidgetConfig): string {
  const [light, dark] = [declarations(palette, "light"), declarations(palette, "dark")];
  if (theme === "auto") return `.root{${light}}@media (prefers-color-scheme:dark){.root{${dark}}}`;
  return `.root{${theme === "dark" ? dark : light}}`;
}

function declarations(palettes: WidgetConfig["palette"], theme: "light" | "dark"): string {
  const colors = Object.entries(palettes[theme]).map(([name, color]) => `--praxtalk-${name}:${color};`);
  return `color-scheme:${theme};${SHADOWS[theme]}${colors.join("")}`;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

function icon(className: string, paths: readonly string[]): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 28 28");
  svg.setAttribute("aria-hidden", "true");
  for (const shape of paths) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
