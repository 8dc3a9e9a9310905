"use client";

import { DraftBar } from "@/components/atlas/draft-bar";
import { useCallback, useMemo, useRef } from "react";
import { shortName } from "@/components/format/people";
import type { Conversation, ConversationRow, VisitorProfile } from "@/components/hooks/rows";
import { useDraft } from "@/components/hooks/use-draft";
import type { Live } from "@/components/hooks/use-live-query";
import { useOutbox } from "@/components/hooks/use-outbox";
import { usePageVisible } from "@/components/hooks/use-page-visible";
import { useMarkRead, useMessages } from "@/components/hooks/use-thread";
import { useTypingSignal, useVisitorState } from "@/components/hooks/use-thread";
import { useViewers } from "@/components/hooks/use-viewers";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { CHANNEL_LOOK } from "./channel";
import { Composer } from "./composer";
import { DecisionControls } from "./decision-controls";
import { FileButton } from "./file-button";
import { doubtOf } from "./send-question";
import { MergedConversation } from "./merged-conversation";
import { Messages } from "./messages";
import { MoreMenu } from "./more-menu";
import { ThreadPane } from "./thread-pane";
import { useAnswerGuard } from "./use-answer-guard";
import { useLinkedMessage } from "./use-linked-message";
import { useSources } from "./use-sources";
import { writerText } from "./viewers";

type ConversationViewProps = {
  conversation: Live<Conversation | null>;
  /** The line that was opened, if the list has it: enough to read and write while the rest is on its way. */
  row: ConversationRow | undefined;
  unread: boolean;
  now: number;
  offline: boolean;
  onBack: () => void;
};

/** The open conversation, or what is to be said instead of it. */
export function ConversationView({ conversation, row, ...rest }: ConversationViewProps) {
  if (conversation.status === "loading") {
    if (row) return <KnownConversation key={row._id} conversation={row} profile={undefined} {...rest} />;
    return (
      <LoadingAfterDelay label="Loading the conversation">
        <div className="grid gap-2 p-5">
          <SkeletonLine className="w-40" />
          <SkeletonLine className="w-24 opacity-70" />
        </div>
      </LoadingAfterDelay>
    );
  }
  if (conversation.status === "failed" || conversation.data === null) {
    const failed = conversation.status === "failed";
    return (
      <div className="p-8 max-md:p-4">
        <EmptyState
          heading="h1"
          failed={failed}
          title={failed ? "The conversation did not load" : "There is no such conversation"}
          actions={<Button onClick={rest.onBack}>Back to the list</Button>}
        >
          {failed
            ? "The server could not read it. Your draft is safe."
            : "It was deleted or is in no brand of yours any more, or the address is incomplete."}
        </EmptyState>
      </div>
    );
  }
  const { data } = conversation;
  return <KnownConversation key={data._id} conversation={data} profile={data.visitor} {...rest} />;
}

function KnownConversation(props: OpenConversationProps) {
  const { conversation, profile, now, onBack } = props;
  const { mergedInto } = conversation;
  if (mergedInto === undefined) return <OpenConversation {...props} />;
  return <MergedConversation {...{ conversation, mergedInto, profile, now, onBack }} />;
}

type OpenConversationProps = Omit<ConversationViewProps, "conversation" | "row"> & {
  conversation: ConversationRow;
  /** Undefined while it is on its way. */
  profile: VisitorProfile | undefined;
};

function OpenConversation({ conversation, profile, unread, now, offline, onBack }: OpenConversationProps) {
  const { operator } = useSession();
  const { _id: id } = conversation;
  const messages = useMessages(id);
  const outbox = useOutbox();
  const { draft, change: changeDraft, flush: saveDraft } = useDraft(operator._id, id);
  const pageVisible = usePageVisible();
  useMarkRead(conversation, unread);
  useTypingSignal(id, draft.reply);
  const { isTyping, readSequence } = useVisitorState(id);

  const { send, takeBack } = outbox;
  const waiting = useMemo(
    () => outbox.waiting.filter((entry) => entry.conversationId === id),
    [outbox.waiting, id],
  );
  const linkedId = useLinkedMessage(messages);
  const viewers = useViewers(id);
  const guard = useAnswerGuard(
    messages.status === "ready" ? messages.rows : undefined,
    operator._id,
    draft.reply !== "",
  );
  const { sources, mentionsOf } = useSources(conversation);
  const onSend = (body: string, internal: boolean) => {
    if (internal) {
      send(id, { body, internal, mentions: mentionsOf(body) });
      return;
    }
    const expectedSequence = guard.missed?.sequence ?? guard.expectedSequence;
    send(id, { body, internal, runId: draft.runId, expectedSequence });
    guard.read();
  };
  const field = useRef<HTMLTextAreaElement>(null);
  const onUseDraft = useCallback(
    (text: string, runId: string) => {
      changeDraft((current) => ({ ...current, mode: "reply", reply: text, runId }));
      field.current?.focus();
    },
    [changeDraft],
  );
  const decided = useMemo(() => [conversation], [conversation]);
  const controls = (
    <>
      <DecisionControls conversations={decided} />
      <MoreMenu conversationId={id} now={now} />
    </>
  );
  const who = conversation.visitor?.name ? shortName(conversation.visitor) : "the visitor";

  return (
    <ThreadPane
      viewers={viewers}
      conversation={conversation}
      profile={profile}
      now={now}
      controls={controls}
      onBack={onBack}
    >
      <Messages
        conversation={conversation}
        messages={messages}
        outbox={waiting}
        operator={operator}
        now={now}
        offline={offline}
        pageVisible={pageVisible}
        isVisitorTyping={isTyping}
        readSequence={readSequence}
        linkedId={linkedId}
      />
      <DraftBar
        conversationId={id}
        isWriting={draft.reply !== "" || draft.mode === "note"}
        onUse={onUseDraft}
      />
      <Composer
        field={field}
        address={
          writerText(viewers) ?? `to ${who}, by ${CHANNEL_LOOK[conversation.channel].word.toLowerCase()}`
        }
        draft={draft}
        onDraft={changeDraft}
        onLeave={saveDraft}
        onSend={onSend}
        sources={sources}
        doubt={doubtOf(guard, viewers)}
        onReadFirst={guard.read}
        refusal={outbox.refused.get(id)}
        onTakenBack={takeBack}
        tools={(internal) => <FileButton conversationId={id} internal={internal} />}
      />
    </ThreadPane>
  );
}
