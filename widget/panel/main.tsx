import { render } from "preact";
import { openStore } from "../shared/storage";
import { addStyleSheet } from "../shared/style-sheet";
import type { Panel, PanelHost } from "../shared/types";
import type { Actions } from "./actions";
import { Controller } from "./controller";
import { createNetwork } from "./network";
import { createNewsWatch } from "./news";
import { type WidgetState, unreadCount } from "./state";
import { Sound } from "../../lib/sound";
import { panelCss } from "./styles";
import { english, newMessagesText, type Texts } from "./texts";
import { App } from "./views/app";
import { localeOf } from "./time";
import { LocaleContext, TextsContext } from "./views/texts-context";

/** Draws the closed panel into the launcher's shadow root. Connects at once if a conversation runs. */
export function mountPanel(host: PanelHost): Panel {
  const { config, widgetId, siteUrl } = host;
  const texts: Texts = { ...english, ...host.translation, ...config.texts };
  const locale = localeOf(host.language, navigator.languages);
  addStyleSheet(host.shadowRoot, panelCss);
  const mountPoint = document.createElement("div");
  host.container.prepend(mountPoint);

  const network = createNetwork({ widgetId, siteUrl, convexUrl: config.convexUrl });
  const controller = new Controller(openStore(widgetId), network, {
    texts,
    asked: config.form,
    typedMessage: () => mountPoint.querySelector<HTMLTextAreaElement>("[name=message]")?.value ?? "",
    onChange: draw,
    isIdentityRequired: config.isIdentityRequired,
    onIdentity: host.onIdentity,
  });
  const actions: Actions = {
    close: host.onCloseRequest,
    checkField: (field, input) => controller.checkField(field, input),
    submitForm: (input) => controller.submitForm(input),
    changeDraft: (text) => controller.changeDraft(text),
    send: () => controller.send(),
    retry: (clientMessageId) => controller.retry(clientMessageId),
    remove: (clientMessageId) => controller.remove(clientMessageId),
    addFiles: (files) => controller.uploads.add(files),
    retryFile: (key) => controller.uploads.retry(key),
    removeFile: (key) => controller.uploads.remove(key),
    showEarlier: () => void controller.showEarlier(),
    askHuman: () => controller.signals.askHuman(),
    leaveEmail: (email) => controller.signals.leaveEmail(email),
    endChat: () => controller.signals.endChat(),
    shareLocation: () => controller.signals.shareLocation(),
    toggleSound() {
      controller.toggleSound();
      // Heard at once, which is also the click that browsers want before a page may be heard.
      if (controller.state.isSoundOn) sound.play();
    },
  };
  const sound = new Sound();
  let unread = 0;
  const takeNews = createNewsWatch(controller.state);
  function draw(state: WidgetState): void {
    render(
      <TextsContext.Provider value={texts}>
        <LocaleContext.Provider value={locale}>
          <App state={state} config={config} actions={actions} />
        </LocaleContext.Provider>
      </TextsContext.Provider>,
      mountPoint,
    );
    if (unreadCount(state) !== unread) {
      unread = unreadCount(state);
      host.onUnreadChange(unread, newMessagesText(texts, unread));
    }
    const news = takeNews(state);
    for (const { role, body, createdAt } of news) host.onMessage({ from: role, text: body, at: createdAt });
    const isAnswered = news.some(({ role }) => role === "operator" || role === "atlas");
    const isLooking = state.isOpen && document.hasFocus();
    if (isAnswered && state.isSoundOn && config.sound && !isLooking) sound.play();
  }

  // First of all: what an earlier visitor left is not even drawn.
  if (host.identityToken !== undefined) controller.identify(host.identityToken);
  draw(controller.state);
  controller.begin();
  controller.prefill(host.prefill);
  if (host.pageData !== null) controller.signals.setPageData(host.pageData);
  return {
    open: () => controller.open(),
    close: () => controller.close(),
    prefill: (values) => controller.prefill(values),
    identify: (token) => controller.identify(token),
    setPageData: (data) => controller.signals.setPageData(data),
    destroy() {
      controller.destroy();
      sound.end();
      render(null, mountPoint);
    },
  };
}
