import type { PageData, PraxTalkWidget, Prefill, WidgetEvents } from "../api";
import { hasConversation } from "../shared/storage";
import { chooseLanguage, type Language } from "../shared/language";
import type { LoadedPanel, Panel, WidgetConfig } from "../shared/types";
import { keepInBody } from "./attachment";
import { call, Events } from "./events";
import { createLauncher, type Launcher } from "./launcher";
import { fetchConfig } from "./network";
import { closeOthers, registry, takePlace, type Registration } from "./registry";
import type { Source } from "./source";

/** What there is once the config is known. */
type Mounted = {
  launcher: Launcher;
  config: WidgetConfig;
  language: Language;
  loadFailed: string;
};

/** Mounts one widget, once per page and id. Without a config the page stays as it was. */
export function mountWidget(widgetId: string, source: Source): PraxTalkWidget {
  const existing = registry().get(widgetId);
  if (existing) return existing.widget;
  const widget = new Widget(widgetId, source);
  const registration: Registration = { widget, place: null, position: null };
  registry().set(widgetId, registration);
  void widget.mount(registration);
  return widget;
}

/** One widget from its script tag to its end. What the page asks for before it is drawn is done once it is. */
class Widget implements PraxTalkWidget {
  #end = new AbortController();
  readonly #events = new Events();
  readonly #prefill: Prefill = {};
  #identityToken: string | null | undefined;
  #pageData: string | null = null;
  #mounted: Mounted | null = null;
  #panel: Panel | null = null;
  #importing: Promise<LoadedPanel> | null = null;
  #failures = 0;
  #isOpen = false;

  constructor(
    readonly widgetId: string,
    private readonly source: Source,
  ) {}

  async mount(registration: Registration): Promise<void> {
    const { signal } = this.#end;
    const result = await fetchConfig(this.source.siteUrl, this.widgetId, signal);
    if (signal.aborted) return;
    if (!result.ok && !navigator.onLine) {
      addEventListener("online", () => void this.mount(registration), { once: true, signal });
      return;
    }
    if (!result.ok) {
      this.destroy();
      warn(`${result.reason}, so nothing is shown`);
      return;
    }
    await bodyParsed(signal);
    if (!signal.aborted) await this.#draw(registration, result.config);
  }

  async #draw(registration: Registration, config: WidgetConfig): Promise<void> {
    const { signal } = this.#end;
    const { widgetId } = this;
    const language = chooseLanguage(config.locale, navigator.languages);
    const { openChat: label = "", loadFailed = "" } = config.launcherTexts[language] ?? {};
    const place = takePlace(registration, config.position);
    const launcher = createLauncher({ widgetId, config, language, label, place });
    const { button, host } = launcher;
    this.#mounted = { launcher, config, language, loadFailed };
    button.addEventListener("click", () => this.toggle());
    button.addEventListener("keydown", (event) => {
      const isClosing = event.key === "Escape" && this.#isOpen;
      // Its own keys are not meant for the page's shortcuts; any other is.
      if (isClosing || event.key === "Enter" || event.key === " ") event.stopPropagation();
      if (isClosing) this.close();
    });
    // Brings the code without running it, so that the first click finds it there.
    const prefetch = (): void => void this.#loadPanel(language).catch(() => undefined);
    for (const hint of ["pointerenter", "focus"]) button.addEventListener(hint, prefetch);
    keepInBody(host, widgetId, signal, () => {
      this.#takeDown();
      this.#end = new AbortController();
      void this.#draw(registration, config);
    });
    this.#events.emit("ready", undefined);
    if (this.#isOpen) void this.#show();
    // A failure here has no one to tell: the next click tries again and says so.
    else if (hasConversation(widgetId)) await this.#drawPanel(this.#mounted).catch(() => undefined);
  }

  open(): void {
    if (this.#isOpen || this.#end.signal.aborted) return;
    this.#isOpen = true;
    void this.#show();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#mounted?.launcher.setOpen(false)) {
      this.#panel?.close();
      this.#mounted.launcher.button.focus();
      this.#events.emit("close", undefined);
    }
  }

  toggle(): void {
    if (this.#isOpen) this.close();
    else this.open();
  }

  prefill(values: Prefill): void {
    Object.assign(this.#prefill, values);
    this.#panel?.prefill({ ...values });
  }

  identify(token: string | null): void {
    // A page in JavaScript may give undefined where it knows nobody.
    this.#identityToken = token ?? null;
    this.#panel?.identify(this.#identityToken);
  }

  setPageData(data: PageData): void {
    // Written as JSON here, so that data which cannot be is the page's own error where it gives it, and none of the chat's.
    this.#pageData = JSON.stringify((data as PageData | undefined) ?? {});
    this.#panel?.setPageData(this.#pageData);
  }

  on<Name extends keyof WidgetEvents>(
    event: Name,
    listener: (detail: WidgetEvents[Name]) => void,
  ): () => void {
    this.#events.add(event, listener);
    if (event === "ready" && this.#mounted) call(listener, undefined as WidgetEvents[Name]);
    return () => this.off(event, listener);
  }

  off<Name extends keyof WidgetEvents>(event: Name, listener: (detail: WidgetEvents[Name]) => void): void {
    this.#events.remove(event, listener);
  }

  destroy(): void {
    if (this.#end.signal.aborted) return;
    registry().delete(this.widgetId);
    this.#takeDown();
    this.#isOpen = false;
    this.#events.clear();
  }

  #takeDown(): void {
    this.#panel?.destroy();
    this.#end.abort();
    this.#panel = this.#mounted = null;
  }

  async #show(): Promise<void> {
    if (!this.#mounted) return;
    const { launcher, loadFailed } = this.#mounted;
    launcher.setBusy(true);
    launcher.setNotice("");
    try {
      const panel = await this.#drawPanel(this.#mounted);
      // The visitor may have pressed again while the bundle was on its way.
      if (!this.#isOpen || !panel) return;
      closeOthers(this);
      if (launcher.setOpen(true)) {
        panel.open();
        this.#events.emit("open", undefined);
      }
    } catch {
      this.#isOpen = false;
      launcher.setNotice(loadFailed);
    } finally {
      launcher.setBusy(false);
    }
  }

  /** Imports the panel's bundle at most once at a time. */
  #loadPanel(language: Language): Promise<LoadedPanel> {
    this.#importing ??= this.source.loadPanel(language, this.#failures).catch((error: unknown) => {
      this.#failures += 1;
      this.#importing = null;
      throw error;
    });
    return this.#importing;
  }

  /** Draws the panel at most once; null when the widget has ended meanwhile. */
  async #drawPanel({ launcher, config, language }: Mounted): Promise<Panel | null> {
    const { mountPanel, translation } = await this.#loadPanel(language);
    if (this.#end.signal.aborted) return null;
    this.#panel ??= mountPanel({
      widgetId: this.widgetId,
      siteUrl: this.source.siteUrl,
      config,
      language,
      translation,
      shadowRoot: launcher.shadowRoot,
      container: launcher.container,
      prefill: this.#prefill,
      identityToken: this.#identityToken,
      pageData: this.#pageData,
      onUnreadChange: (count, description) => {
        launcher.setUnread(count, description);
        this.#events.emit("unread", count);
      },
      onMessage: (message) => this.#events.emit("message", message),
      onIdentity: (detail) => this.#events.emit("identity", detail),
      onCloseRequest: () => this.close(),
    });
    return this.#panel;
  }
}

/** An async script may run before there is a body to append to. */
function bodyParsed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("DOMContentLoaded", () => resolve(), { once: true, signal });
  });
}

/** The one thing that the widget ever writes to the page's console. */
export function warn(reason: string): void {
  // eslint-disable-next-line no-console -- an entry point; the page's developer has no other place to look
  console.warn(`PraxTalk: ${reason}.`);
}
