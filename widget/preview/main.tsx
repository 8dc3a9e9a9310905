/** The widget as the dashboard shows it: drawn by the launcher's and the panel's own code, from a brand that need not be saved. */
import { render } from "preact";
import { launcherTexts } from "../../lib/launcher-texts";
import type { PreviewBrand, PreviewModule, PreviewScene, WidgetPreview } from "../../lib/widget-preview";
import type { WidgetLocale } from "../../lib/widget-settings";
import ar from "../languages/ar";
import de from "../languages/de";
import es from "../languages/es";
import fr from "../languages/fr";
import hi from "../languages/hi";
import pt from "../languages/pt";
import { createLauncher } from "../loader/launcher";
import type { Actions } from "../panel/actions";
import { EMPTY_FORM, type ThreadMessage, type WidgetState } from "../panel/state";
import { panelCss } from "../panel/styles";
import { localeOf } from "../panel/time";
import { english, type Texts } from "../panel/texts";
import { App } from "../panel/views/app";
import { LocaleContext, TextsContext } from "../panel/views/texts-context";
import { chooseLanguage, type Language } from "../shared/language";
import { addStyleSheet } from "../shared/style-sheet";

const TRANSLATIONS: Record<Language, Partial<Texts>> = { en: {}, de, fr, es, pt, hi, ar };

/** It is drawn anew with every change, which should not make it appear each time. */
const STILL = ".root *,.root *::before,.root *::after{animation:none!important;transition:none!important}";

const languageFor = (locale: WidgetLocale): Language => chooseLanguage(locale, navigator.languages);

const ignore = (): void => undefined;
const ACTIONS: Actions = {
  close: ignore,
  checkField: ignore,
  submitForm: ignore,
  changeDraft: ignore,
  send: ignore,
  retry: ignore,
  remove: ignore,
  addFiles: ignore,
  retryFile: ignore,
  removeFile: ignore,
  showEarlier: ignore,
  askHuman: ignore,
  leaveEmail: ignore,
  endChat: ignore,
  shareLocation: ignore,
  toggleSound: ignore,
};

const MINUTE = 60_000;
const SAMPLE: readonly Pick<ThreadMessage, "role" | "body">[] = [
  { role: "visitor", body: "Do you ship to Norway?" },
  { role: "operator", body: "Yes, in three to five days. Customs are paid on our side." },
  { role: "visitor", body: "Good, thank you." },
];

function sampleMessages(now: number): ThreadMessage[] {
  return SAMPLE.map(({ role, body }, index) => ({
    id: `sample-${index}`,
    role,
    body,
    attachments: [],
    createdAt: now - (SAMPLE.length - index) * MINUTE,
    sequence: index + 1,
    clientMessageId: null,
    senderName: role === "operator" ? "Maja Lindqvist" : null,
    systemEvent: null,
  }));
}

function stateOf(scene: PreviewScene): WidgetState {
  const messages = scene === "chat" ? sampleMessages(Date.now()) : null;
  return {
    visit: 0,
    isOpen: scene !== "closed",
    view: messages ? { kind: "chat", conversationId: "sample", status: "open" } : EMPTY_FORM,
    connection: "online",
    messages,
    earlier: "none",
    team: messages && {
      answeredBy: "Maja Lindqvist",
      typing: null,
      readSequence: messages.length,
      writing: null,
      isHumanRequested: false,
      hasEmail: true,
    },
    note: null,
    isSoundOn: false,
    outbox: [],
    draft: "",
    files: [],
    draftError: null,
    seenSequence: SAMPLE.length,
  };
}

export const createPreview: PreviewModule["createPreview"] = (frame): WidgetPreview => {
  let remove = ignore;
  return {
    draw(brand: PreviewBrand, scene: PreviewScene) {
      remove();
      const language = languageFor(brand.locale);
      const config = {
        ...brand,
        convexUrl: "",
        isIdentityRequired: false,
        launcherTexts: launcherTexts(brand),
      };
      const texts: Texts = { ...english, ...TRANSLATIONS[language], ...brand.texts };
      const label = config.launcherTexts[language]?.openChat ?? "";
      const launcher = createLauncher({ widgetId: "preview", config, language, label, place: 0 });
      // The panel takes the focus when it opens, which belongs to whoever is writing beside the preview.
      launcher.host.inert = true;
      launcher.setOpen(scene !== "closed");
      addStyleSheet(launcher.shadowRoot, panelCss + STILL);
      const mountPoint = document.createElement("div");
      launcher.container.prepend(mountPoint);
      frame.append(launcher.host);
      render(
        <TextsContext.Provider value={texts}>
          <LocaleContext.Provider value={localeOf(language, navigator.languages)}>
            <App state={stateOf(scene)} config={config} actions={ACTIONS} />
          </LocaleContext.Provider>
        </TextsContext.Provider>,
        mountPoint,
      );
      remove = () => {
        render(null, mountPoint);
        launcher.host.remove();
      };
    },
    destroy: () => remove(),
  };
};

export const textsIn: PreviewModule["textsIn"] = (locale) => {
  const language = languageFor(locale);
  const { openChat, loadFailed } = launcherTexts({ locale: language, texts: {} })[language] ?? {};
  const own = { openChat: openChat ?? "", loadFailed: loadFailed ?? "" };
  return { ...own, ...english, ...TRANSLATIONS[language] };
};
