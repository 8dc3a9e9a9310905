"use client";

import { useMutation } from "convex/react";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import {
  addToOutbox,
  newClientMessageId,
  readOutbox,
  removeFromOutbox,
  type OutboxEntry,
  type OutgoingMessage,
} from "@/components/inbox/outbox";
import { useSession } from "@/components/session/session-provider";
import { toastFailure } from "@/components/ui/toaster";
import { api } from "@/convex/_generated/api";
import { readErrorCode } from "@/lib/errors";
import { browserStore } from "./browser-store";
import { isAboutRun, isSessionOver, reasonOf } from "./refusals";

/** A message that the server refused, with its reason. */
export type Refusal = { entry: OutboxEntry; reason: string };

type Outbox = {
  /** Sent and not yet confirmed, oldest first. */
  waiting: readonly OutboxEntry[];
  /** The newest refusal per conversation, until the composer has taken it back. */
  refused: ReadonlyMap<string, Refusal>;
  send: (conversationId: string, message: OutgoingMessage) => void;
  /** The composer has put the text back. */
  takeBack: (refusal: Refusal) => void;
};

const OutboxContext = createContext<Outbox | null>(null);

export function useOutbox(): Outbox {
  const outbox = use(OutboxContext);
  if (!outbox) throw new Error("useOutbox needs an OutboxProvider above it.");
  return outbox;
}

/** Sends messages, each exactly once: through lost connections, expired tokens and reloads. */
export function OutboxProvider({ children }: { children: ReactNode }) {
  const { operator, sessionToken } = useSession();
  const [waiting, setWaiting] = useState<readonly OutboxEntry[]>([]);
  const [refused, setRefused] = useState<ReadonlyMap<string, Refusal>>(new Map());
  const deliver = useDeliver();

  const kept = useRef<OutboxEntry[]>([]);

  const settle = useCallback(
    async (entry: OutboxEntry) => {
      const outcome = await deliver(entry);
      if (outcome === "kept") {
        kept.current.push(entry);
        return;
      }
      setWaiting((entries) => entries.filter((each) => each.clientMessageId !== entry.clientMessageId));
      if (outcome === "sent") {
        removeFromOutbox(browserStore(), operator._id, entry.clientMessageId);
        return;
      }
      if (outcome.isGone) {
        removeFromOutbox(browserStore(), operator._id, entry.clientMessageId);
        toastFailure("A message was not sent: its conversation is no longer there.");
        return;
      }
      // It stays stored until its text is back in a box: the operator may be elsewhere, or leave the page first.
      const { reason, entry: left } = outcome;
      setRefused((all) => new Map(all).set(entry.conversationId, { entry: left, reason }));
    },
    [deliver, operator._id],
  );

  // What an earlier page could not confirm is sent again, once per page.
  const resumed = useRef(false);
  useEffect(() => {
    if (resumed.current) return;
    resumed.current = true;
    const left = readOutbox(browserStore(), operator._id);
    setWaiting((entries) => [...left, ...entries]);
    for (const entry of left) void settle(entry);
  }, [operator._id, settle]);

  // Without a good token an entry waits for the next one, or stays stored for the page after the next login.
  useEffect(() => {
    for (const entry of kept.current.splice(0)) void settle(entry);
  }, [sessionToken, settle]);

  const send = useCallback(
    (conversationId: string, message: OutgoingMessage) => {
      const entry = { ...message, clientMessageId: newClientMessageId(), conversationId, at: Date.now() };
      addToOutbox(browserStore(), operator._id, entry);
      setWaiting((entries) => [...entries, entry]);
      void settle(entry);
    },
    [operator._id, settle],
  );
  const takeBack = useCallback(
    ({ entry }: Refusal) => {
      removeFromOutbox(browserStore(), operator._id, entry.clientMessageId);
      setRefused((all) => {
        const rest = new Map(all);
        rest.delete(entry.conversationId);
        return rest;
      });
    },
    [operator._id],
  );
  const outbox = useMemo(() => ({ waiting, refused, send, takeBack }), [waiting, refused, send, takeBack]);
  return <OutboxContext value={outbox}>{children}</OutboxContext>;
}

/** `isGone`: no composer will ever take the text back. */
type Outcome = "sent" | "kept" | (Refusal & { isGone: boolean });

/** What is left of a refused message: where the draft of Atlas is what speaks against it, the text alone. */
function refusalOf(entry: OutboxEntry, error: unknown): Outcome {
  const reason = reasonOf(error);
  const isGone = readErrorCode(error) === "NOT_FOUND";
  if (!isAboutRun(error)) return { entry, reason, isGone };
  const { runId, ...left } = entry;
  return { entry: left, reason, isGone };
}

/** One message to the server. The Convex client holds it while there is no connection; an old token is replaced once. */
function useDeliver(): (entry: OutboxEntry) => Promise<Outcome> {
  const { sessionToken, renew } = useSession();
  const send = useMutation(api.messages.send);
  const accept = useMutation(api.atlas.acceptSuggestion);
  const token = useRef(sessionToken);
  useEffect(() => {
    token.current = sessionToken;
  }, [sessionToken]);
  return useCallback(
    async (entry) => {
      const { at, runId, ...message } = entry;
      const attempt = async (sessionToken: string) => {
        if (runId === undefined) return await send({ sessionToken, ...message });
        const { body, clientMessageId, expectedSequence } = message;
        try {
          return await accept({ sessionToken, runId, body, clientMessageId, expectedSequence });
        } catch (error) {
          // A run that is gone speaks against nothing.
          if (!isAboutRun(error) || readErrorCode(error) !== "NOT_FOUND") throw error;
          return await send({ sessionToken, ...message });
        }
      };
      try {
        await attempt(token.current);
        return "sent";
      } catch (error) {
        if (!isSessionOver(error)) return refusalOf(entry, error);
      }
      const renewed = await renew();
      if (renewed === null) return "kept";
      try {
        await attempt(renewed);
        return "sent";
      } catch (error) {
        return isSessionOver(error) ? "kept" : refusalOf(entry, error);
      }
    },
    [send, accept, renew],
  );
}
