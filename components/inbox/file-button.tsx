"use client";

import { Paperclip } from "lucide-react";
import { useEffect, useRef } from "react";
import { useSendFiles } from "@/components/hooks/use-send-files";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";

/** Sends files that are chosen here, or pasted or dropped anywhere in the form around it. */
export function FileButton({ conversationId, internal }: { conversationId: string; internal: boolean }) {
  const { sending, sendFiles } = useSendFiles(conversationId);
  const place = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const form = place.current?.closest("form");
    if (!form) return;
    const take = (event: Event, files: FileList | undefined) => {
      if (!files || files.length === 0) return;
      event.preventDefault();
      sendFiles([...files], internal);
    };
    const onPaste = (event: ClipboardEvent) => take(event, event.clipboardData?.files);
    const onDrop = (event: DragEvent) => take(event, event.dataTransfer?.files);
    const onDragOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    form.addEventListener("paste", onPaste);
    form.addEventListener("drop", onDrop);
    form.addEventListener("dragover", onDragOver);
    return () => {
      form.removeEventListener("paste", onPaste);
      form.removeEventListener("drop", onDrop);
      form.removeEventListener("dragover", onDragOver);
    };
  }, [sendFiles, internal]);

  const label = internal ? "Attach files to a note" : "Attach files";
  return (
    <div ref={place} className="flex min-w-0 items-center gap-1.5">
      <span role="status" className="min-w-0 text-12 wrap-anywhere text-ink-2">
        {sending.status === "sending"
          ? `Sending ${sending.count === 1 ? "a file" : `${sending.count} files`}…`
          : null}
        {sending.status === "failed" ? sending.reason : null}
      </span>
      {sending.status === "failed" && sending.retry ? (
        <Button variant="quiet" size="sm" onClick={sending.retry}>
          Retry
        </Button>
      ) : null}
      <Tooltip content={label}>
        <Button
          variant="quiet"
          size="icon-sm"
          aria-label={label}
          busy={sending.status === "sending"}
          onClick={() => picker.current?.click()}
        >
          <Paperclip size={16} aria-hidden="true" />
        </Button>
      </Tooltip>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={({ currentTarget }) => {
          const chosen = [...(currentTarget.files ?? [])];
          // Choosing the same file again is a choice too.
          currentTarget.value = "";
          if (chosen.length > 0) sendFiles(chosen, internal);
        }}
      />
    </div>
  );
}
