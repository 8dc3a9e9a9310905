import { useMemo, useRef } from "preact/hooks";
import type { WidgetConfig } from "../../shared/types";
import type { Actions } from "../actions";
import { lastSequence, type ConversationStatus, type WidgetState } from "../state";
import { newMessagesText } from "../texts";
import { isPersonOffered, threadGroups } from "../thread";
import { dayName } from "../time";
import { MessageGroup } from "./message-group";
import { useLocale, useTexts } from "./texts-context";
import { useStickToEnd } from "./use-stick-to-end";

type Props = { state: WidgetState; status: ConversationStatus; config: WidgetConfig; actions: Actions };

export function Thread({ state, status, config, actions }: Props) {
  const texts = useTexts();
  const locale = useLocale();
  const { messages, outbox, isOpen } = state;
  const log = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => threadGroups({ messages, outbox }), [messages, outbox]);
  const newestOwn = groups.filter(({ role }) => role === "visitor").at(-1);
  const { newSince, jumpToEnd } = useStickToEnd(log, {
    isShown: isOpen,
    firstSequence: messages?.[0]?.sequence ?? 0,
    lastSequence: lastSequence(state),
    onReachStart: actions.showEarlier,
    ownLastKey: groups.at(-1) === newestOwn ? (newestOwn?.items.at(-1)?.key ?? null) : null,
  });
  const missed =
    newSince === null
      ? 0
      : (messages ?? []).filter(({ role, sequence }) => role !== "visitor" && sequence > newSince).length;
  const isEndedByVisitor = messages?.at(-1)?.systemEvent === "conversation_ended";
  const isOver = status === "resolved" || status === "closed";
  const now = Date.now();

  return (
    <div class="thread">
      <div ref={log} class="log" role="log" aria-label={texts.thread} tabIndex={0}>
        {messages === null && outbox.length === 0 && <p class="system loading">{texts.loading}</p>}
        {state.earlier !== "none" && (
          <button
            type="button"
            class="earlier"
            aria-busy={state.earlier === "loading"}
            onClick={actions.showEarlier}
          >
            {texts.earlier}
          </button>
        )}
        {groups.map((group) => (
          <div class="turn" key={group.key}>
            {group.dayStart !== null && <p class="day">{dayName(group.dayStart, now, locale, texts)}</p>}
            <MessageGroup
              group={group}
              config={config}
              isNewestOwn={group === newestOwn}
              isOffline={state.connection === "offline"}
              readSequence={state.team?.readSequence ?? 0}
              actions={actions}
            />
          </div>
        ))}
        {state.team?.writing && (
          <div class="group atlas" aria-hidden="true">
            <p class="bubble" dir="auto">
              {state.team.writing} …
            </p>
          </div>
        )}
        {isPersonOffered(state) && !isOver && (
          <button type="button" class="ask" onClick={actions.askHuman}>
            {texts.askHuman}
          </button>
        )}
        {isOver && !isEndedByVisitor && <p class="system">{texts.resolved}</p>}
      </div>
      {missed > 0 && (
        <button type="button" class="jump" onClick={jumpToEnd}>
          {newMessagesText(texts, missed)}
        </button>
      )}
    </div>
  );
}
