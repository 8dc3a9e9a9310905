import { useEffect, useRef } from "preact/hooks";
import type { WidgetConfig } from "../../shared/types";
import type { Actions } from "../actions";
import { focusFirst, keepFocusInside } from "../focus";
import type { ConversationStatus, WidgetState } from "../state";
import { fill, type Texts } from "../texts";
import { currentOperator } from "../thread";
import { Chat } from "./chat";
import { Header } from "./header";
import type { MenuItem } from "./menu";
import { PreChatForm } from "./pre-chat-form";
import { useTexts } from "./texts-context";
import { useKeyboardInset } from "./use-keyboard-inset";
import { useMediaQuery } from "./use-media-query";

type Props = { state: WidgetState; config: WidgetConfig; actions: Actions };

/** Matches the breakpoint in styles/surroundings.css below which the panel covers the page. */
const FULL_SCREEN = "(max-width: 599px)";

export function App({ state, config, actions }: Props) {
  const texts = useTexts();
  const { isOpen, view } = state;
  const panel = useRef<HTMLElement>(null);
  const isFullScreen = useMediaQuery(FULL_SCREEN);

  useEffect(() => {
    if (!isOpen || !panel.current) return;
    // On a phone, focusing a field would bring up the keyboard over what there is to read.
    if (isFullScreen) panel.current.focus();
    else focusFirst(panel.current);
  }, [isOpen, view.kind, isFullScreen]);

  useKeyboardInset(panel, isOpen && isFullScreen);

  // What is typed here is not meant for the page, whose shortcuts and watchers of forms cannot tell where it went.
  const keepInside = (event: Event): void => event.stopPropagation();
  const onKeyDown = (event: KeyboardEvent): void => {
    keepInside(event);
    if (event.key === "Escape" && !event.isComposing) actions.close();
    if (event.key === "Tab" && isFullScreen && panel.current) keepFocusInside(panel.current, event);
  };

  const takesFiles = view.kind === "chat" && config.allowAttachments;
  // A file dropped beside its mark would otherwise open in place of the page.
  const onDrag = (event: DragEvent): void => {
    if (takesFiles && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
  const onDrop = (event: DragEvent): void => {
    onDrag(event);
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (takesFiles && dropped.length > 0) actions.addFiles(dropped);
  };

  const operator = view.kind === "chat" ? (state.team?.answeredBy ?? currentOperator(state)) : null;
  return (
    <section
      ref={panel}
      class="panel"
      role="dialog"
      aria-label={fill(texts.chatWith, { brand: config.brandName })}
      aria-modal={isFullScreen}
      tabIndex={-1}
      hidden={!isOpen}
      onKeyDown={onKeyDown}
      onKeyPress={keepInside}
      onKeyUp={keepInside}
      onInput={keepInside}
      onPaste={keepInside}
      onDragOver={onDrag}
      onDrop={onDrop}
    >
      <Header
        config={config}
        menu={view.kind === "chat" ? menuItems(view.status, state, config, actions, texts) : []}
        subtitle={operator && fill(texts.talkingTo, { name: operator })}
        onClose={actions.close}
      />
      {view.kind === "form" ? (
        <PreChatForm key={state.visit} view={view} config={config} actions={actions} />
      ) : (
        <Chat state={state} status={view.status} config={config} actions={actions} />
      )}
    </section>
  );
}

/** What the visitor may do beside writing, now and with this brand. */
function menuItems(
  status: ConversationStatus,
  { team, isSoundOn }: WidgetState,
  config: WidgetConfig,
  actions: Actions,
  texts: Texts,
): MenuItem[] {
  const isOver = status === "resolved" || status === "closed";
  const sound = isSoundOn ? texts.soundOff : texts.soundOn;
  return [
    ...(team?.isHumanRequested ? [] : [{ label: texts.askHuman, run: actions.askHuman }]),
    ...(config.askLocation ? [{ label: texts.shareLocation, run: actions.shareLocation }] : []),
    ...(config.sound ? [{ label: sound, run: actions.toggleSound }] : []),
    ...(isOver ? [] : [{ label: texts.endChat, run: actions.endChat }]),
  ];
}
