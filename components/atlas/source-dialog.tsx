"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import { useKnowledgeCalls, useSource } from "@/components/hooks/use-atlas";
import { useSubmission } from "@/components/hooks/use-submission";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { TextArea } from "@/components/ui/text-area";
import type { KnowledgeRow } from "@/convex/validators/atlas";
import { KNOWLEDGE_TEXT_MAX, KNOWLEDGE_TITLE_MAX } from "@/lib/limits";

type SourceDialogProps = { brandId: string; source: KnowledgeRow | null; onClose: () => void };

/** Writes an article, or changes one. The text of a file is shown, and comes from the file alone. */
export function SourceDialog({ brandId, source, onClose }: SourceDialogProps) {
  const stored = useSource(source?._id ?? null);
  const isLoading = source !== null && stored.status === "loading";
  return (
    <Dialog onClose={onClose} title={source === null ? "New article" : "Edit source"}>
      {isLoading ? (
        <LoadingAfterDelay label="Loading the text">
          <SkeletonLine className="w-[60%]" />
        </LoadingAfterDelay>
      ) : (
        <SourceForm brandId={brandId} source={source} text={stored.data?.text ?? ""} onClose={onClose} />
      )}
    </Dialog>
  );
}

function SourceForm({ brandId, source, text, onClose }: SourceDialogProps & { text: string }) {
  const { create, update } = useKnowledgeCalls();
  const { busy, refusal, submit } = useSubmission();
  const isFile = source?.kind === "file";
  const [written, setWritten] = useState(text);
  const errorOf = (field: string) => (refusal?.field === field ? refusal.message : null);

  function save(data: FormData) {
    const title = textOf(data, "title");
    const url = textOf(data, "url").trim();
    void submit(async () => {
      if (source === null) {
        const article = { brandId, kind: "article" as const, title, text: written };
        await create({ ...article, ...(url === "" ? {} : { url }) });
      } else {
        const change = { title, url: url === "" ? null : url };
        await update({ sourceId: source._id, ...change, ...(isFile ? {} : { text: written }) });
      }
      onClose();
    });
  }

  return (
    <DialogForm
      busy={busy}
      refusal={refusal === null || refusal.field !== null ? null : refusal.message}
      action="Save"
      busyWord="Saving"
      onSubmit={save}
      onCancel={onClose}
    >
      <TextField
        label="Title"
        name="title"
        autoFocus
        autoComplete="off"
        maxLength={KNOWLEDGE_TITLE_MAX}
        defaultValue={source?.title ?? ""}
        hint="Visitors see it as the name of the source."
        error={errorOf("title")}
      />
      <TextArea
        label="Text"
        rows={10}
        className="max-h-[46dvh] font-mono text-13"
        value={written}
        readOnly={isFile}
        maxLength={KNOWLEDGE_TEXT_MAX}
        onChange={(event) => setWritten(event.target.value)}
        hint={isFile ? "As it was read from the file." : "Markdown. Headings help Atlas find the passage."}
        error={errorOf("text")}
      />
      <TextField
        label="Link"
        name="url"
        type="url"
        autoComplete="off"
        placeholder="https://example.com/help/returns"
        defaultValue={source?.url ?? ""}
        hint="Where visitors can read it, if anywhere."
        error={errorOf("url")}
      />
    </DialogForm>
  );
}
