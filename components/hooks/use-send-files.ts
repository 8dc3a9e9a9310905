"use client";

import { useCallback, useState } from "react";
import { newClientMessageId } from "@/components/inbox/outbox";
import { api } from "@/convex/_generated/api";
import { ATTACHMENTS_MAX, FILE_MAX } from "@/lib/limits";
import { reasonOf } from "./refusals";
import { useOperatorMutation } from "./use-operator-call";

export type FileSending =
  | { status: "idle" }
  | { status: "sending"; count: number }
  /** `retry` sends the same files again; null where another try cannot help. */
  | { status: "failed"; reason: string; retry: (() => void) | null };

/** Why these files cannot be one message; null when they can. */
function misfit(files: readonly File[]): string | null {
  if (files.length > ATTACHMENTS_MAX) return `A message takes up to ${ATTACHMENTS_MAX} files.`;
  const wrong = files.find(({ size }) => size === 0 || size > FILE_MAX);
  if (!wrong) return null;
  return wrong.size === 0 ? `${wrong.name} is empty.` : `${wrong.name} is larger than 10 MB.`;
}

async function upload(url: string, file: File): Promise<string> {
  const response = await fetch(`${url}&name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    body: new Blob([file]),
  });
  const { id } = (await response.json()) as { id?: string };
  if (id === undefined) throw new Error(`The upload was answered with status ${response.status}.`);
  return id;
}

/** Sends files as a message of their own, an answer or a note. */
export function useSendFiles(conversationId: string): {
  sending: FileSending;
  sendFiles: (files: readonly File[], internal: boolean) => void;
} {
  const [sending, setSending] = useState<FileSending>({ status: "idle" });
  const permit = useOperatorMutation(api.messages.generateUploadUrl);
  const send = useOperatorMutation(api.messages.send);

  const sendFiles = useCallback(
    (files: readonly File[], internal: boolean) => {
      const reason = misfit(files);
      if (reason !== null) {
        setSending({ status: "failed", reason, retry: null });
        return;
      }
      const clientMessageId = newClientMessageId();
      const attempt = async (): Promise<void> => {
        setSending({ status: "sending", count: files.length });
        try {
          const attachments: string[] = [];
          for (const file of files) attachments.push(await upload(await permit({ conversationId }), file));
          await send({ conversationId, body: "", internal, clientMessageId, attachments });
          setSending({ status: "idle" });
        } catch (error) {
          setSending({ status: "failed", reason: reasonOf(error), retry: () => void attempt() });
        }
      };
      void attempt();
    },
    [conversationId, permit, send],
  );
  return { sending, sendFiles };
}
