import type { WidgetConfig } from "../../shared/types";
import type { Actions } from "../actions";
import { linkParts } from "../links";
import { fill, type Texts } from "../texts";
import type { ThreadGroup, ThreadItem } from "../thread";
import { fullTime, timeOfDay } from "../time";
import { Avatar } from "./avatar";
import { Attachments } from "./attachments";
import { Icon } from "./icon";
import { useLocale, useTexts } from "./texts-context";

type Props = {
  group: ThreadGroup;
  config: WidgetConfig;
  /** The visitor's last words: below them stands what became of them. */
  isNewestOwn: boolean;
  isOffline: boolean;
  /** Sequence number of the newest message that the team has read. */
  readSequence: number;
  actions: Actions;
};

export function MessageGroup({ group, config, isNewestOwn, isOffline, readSequence, actions }: Props) {
  const texts = useTexts();
  const locale = useLocale();
  const { role, items } = group;
  if (role === "system") return <p class="system">{systemText(items[0], texts)}</p>;
  const name =
    role === "visitor" ? texts.you : (group.senderName ?? (role === "atlas" ? "Atlas" : texts.team));
  const last = items.at(-1);
  return (
    <div class={`group ${role}`}>
      {role !== "visitor" && (
        <p class="who" aria-hidden="true">
          <Avatar class="logo face" config={config} name={role === "operator" ? group.senderName : null} />
          <b>
            <bdi>{name}</bdi>
          </b>
          , <bdi>{role === "atlas" ? texts.aiAssistant : config.brandName}</bdi>
        </p>
      )}
      {items.map((item) => (
        <Message key={item.key} item={item} name={name} actions={actions} />
      ))}
      {isNewestOwn && last && last.delivery.kind !== "failed" && (
        <p class="delivery">
          {isRead(last, readSequence) ? texts.seen : deliveryText(last, isOffline, texts, locale)}
        </p>
      )}
    </div>
  );
}

function Message({ item, name, actions }: { item: ThreadItem; name: string; actions: Actions }) {
  const texts = useTexts();
  const locale = useLocale();
  const { body, attachments, createdAt, delivery, clientMessageId } = item;
  return (
    <div class={`message ${delivery.kind}`}>
      {body && (
        <p class="bubble" title={fullTime(createdAt, locale)}>
          <span class="spoken">{name}: </span>
          <span class="said" dir="auto">
            {linkParts(body).map(({ text, href }) =>
              href === null ? (
                text
              ) : (
                <a href={href} target="_blank" rel="noopener noreferrer nofollow">
                  {text}
                </a>
              ),
            )}
          </span>
        </p>
      )}
      <Attachments files={attachments} sender={name} />
      {delivery.kind === "failed" && clientMessageId !== null && (
        <p class="delivery">
          <Icon name="warning" />
          <span>{delivery.reason}</span>
          <button type="button" onClick={() => actions.retry(clientMessageId)}>
            {texts.retry}
          </button>
          <button type="button" onClick={() => actions.remove(clientMessageId)}>
            {texts.remove}
          </button>
        </p>
      )}
    </div>
  );
}

/** The server's own words are in English. */
function systemText(item: ThreadItem | undefined, texts: Texts): string | undefined {
  if (item?.systemEvent === "human_requested") return texts.humanRequested;
  return item?.systemEvent === "conversation_ended" ? texts.ended : item?.body;
}

function isRead({ sequence }: ThreadItem, readSequence: number): boolean {
  return sequence !== null && sequence <= readSequence;
}

function deliveryText(
  { delivery, createdAt }: ThreadItem,
  isOffline: boolean,
  texts: Texts,
  locale: string,
): string {
  if (delivery.kind === "sent") return fill(texts.sentAt, { time: timeOfDay(createdAt, locale) });
  return isOffline ? texts.waitingForConnection : texts.sending;
}
