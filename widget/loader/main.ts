import { hasConversation } from "../shared/storage";
import type { Panel, PanelModule } from "../shared/types";
import { createLauncher } from "./launcher";
import { fetchConfig, importPanel } from "./network";
import { claim, closeOthers, release, takePlace } from "./registry";
import { type EmbedTag, findEmbedTags } from "./script-tag";

const LOAD_FAILED = "The chat could not be loaded. Try again.";

for (const tag of findEmbedTags(document)) {
  if (tag) void embed(tag);
  else warn("the script tag has no data-widget-id, so nothing is shown");
}

/** Mounts one widget, once per page and id. Without a config the page stays as it was. */
async function embed({ widgetId, scriptUrl }: EmbedTag): Promise<void> {
  const registration = claim(widgetId);
  if (!registration) return;
  const result = await fetchConfig(widgetId);
  if (!result.ok) {
    release(widgetId);
    warn(`${result.reason}, so nothing is shown`);
    return;
  }
  await bodyParsed();

  const { config, siteUrl } = result;
  const launcher = createLauncher(widgetId, config, takePlace(registration, config.position));
  const loadPanel = createPanelLoader(scriptUrl, ({ mountPanel }) =>
    mountPanel({
      widgetId,
      siteUrl,
      config,
      shadowRoot: launcher.shadowRoot,
      container: launcher.container,
      onUnreadChange: launcher.setUnread,
      onCloseRequest: () => close(),
    }),
  );
  let isOpen = false;

  const open = async (): Promise<void> => {
    isOpen = true;
    launcher.setBusy(true);
    launcher.setNotice("");
    try {
      const panel = await loadPanel.mount();
      // The visitor may have pressed again while the bundle was on its way.
      if (!isOpen) return;
      closeOthers(registration);
      launcher.setOpen(true);
      panel.open();
    } catch {
      isOpen = false;
      launcher.setNotice(LOAD_FAILED);
    } finally {
      launcher.setBusy(false);
    }
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    launcher.setOpen(false);
    loadPanel.mounted()?.close();
    launcher.button.focus();
  };
  registration.close = close;
  launcher.button.addEventListener("click", () => (isOpen ? close() : void open()));
  launcher.button.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  for (const hint of ["pointerenter", "focus"]) {
    launcher.button.addEventListener(hint, loadPanel.prefetch);
  }
  document.body.append(launcher.host);
  if (hasConversation(widgetId)) {
    // A failure here has no one to tell: the next click tries again and says so.
    await loadPanel.mount().catch(() => undefined);
  }
}

/** Imports the panel's bundle at most once at a time, and draws it at most once. */
function createPanelLoader(scriptUrl: string, draw: (module: PanelModule) => Panel) {
  let failures = 0;
  let importing: Promise<PanelModule> | null = null;
  let panel: Panel | null = null;
  const load = (): Promise<PanelModule> => {
    importing ??= importPanel(scriptUrl, failures).catch((error: unknown) => {
      failures += 1;
      importing = null;
      throw error;
    });
    return importing;
  };
  return {
    /** Brings the code without running it, so that the first click finds it there. */
    prefetch: () => void load().catch(() => undefined),
    async mount(): Promise<Panel> {
      const module = await load();
      panel ??= draw(module);
      return panel;
    },
    mounted: () => panel,
  };
}

/** An async script may run before there is a body to append to. */
function bodyParsed(): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });
}

/** The one thing that the widget ever writes to the page's console. */
function warn(reason: string): void {
  // eslint-disable-next-line no-console -- an entry point; the page's developer has no other place to look
  console.warn(`PraxTalk: ${reason}.`);
}
