"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import {
  useCreateSavedReply,
  useUpdateSavedReply,
  type SavedReply,
} from "@/components/hooks/use-saved-replies";
import { useSubmission } from "@/components/hooks/use-submission";
import { BrandField } from "@/components/integrations/brand-field";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { TextArea } from "@/components/ui/text-area";
import { SAVED_REPLY_BODY_MAX, SAVED_REPLY_TITLE_MAX } from "@/lib/limits";
import { checkSavedReplyBody, checkShortcut, checkTitle } from "@/lib/saved-replies";

type Errors = { title: string | null; body: string | null; shortcut: string | null };
const NO_ERRORS: Errors = { title: null, body: null, shortcut: null };

type ReplyDialogProps = {
  /** Null: a new one. */
  reply: SavedReply | null;
  brands: readonly Brand[];
  onClose: () => void;
};

/** Writes a saved reply, or changes one. */
export function ReplyDialog({ reply, brands, onClose }: ReplyDialogProps) {
  const save = useSave(reply);
  const { busy, refusal, submit } = useSubmission();
  const [errors, setErrors] = useState(NO_ERRORS);
  const errorAt = (field: keyof Errors) =>
    errors[field] ?? (refusal?.field === field ? refusal.message : null);
  const isAtField = refusal?.field !== null && refusal?.field !== undefined && refusal.field in NO_ERRORS;

  function trySave(data: FormData) {
    const { fields, errors } = readForm(data);
    setErrors(errors);
    if (fields === null) return;
    void submit(async () => {
      await save(fields);
      onClose();
    });
  }

  return (
    <Dialog onClose={onClose} title={reply === null ? "New saved reply" : "Edit saved reply"}>
      <DialogForm
        busy={busy}
        refusal={refusal === null || isAtField ? null : refusal.message}
        action="Save reply"
        busyWord="Saving"
        onSubmit={trySave}
        onCancel={onClose}
      >
        <TextField
          label="Title"
          name="title"
          autoFocus
          autoComplete="off"
          defaultValue={reply?.title}
          maxLength={SAVED_REPLY_TITLE_MAX}
          hint="Only your team sees it."
          error={errorAt("title")}
        />
        <TextArea
          label="Text"
          name="body"
          rows={6}
          defaultValue={reply?.body}
          maxLength={SAVED_REPLY_BODY_MAX}
          hint="{{visitor.name|there}} becomes the name, or “there” without one. Also: visitor.email, operator.name, brand.name, workspace.name."
          error={errorAt("body")}
        />
        <TextField
          label="Shortcut, optional"
          name="shortcut"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={reply?.shortcut ?? undefined}
          placeholder="returns"
          hint="Typed behind a slash."
          error={errorAt("shortcut")}
        />
        <BrandField
          brands={brands}
          initial={reply?.brandId ?? null}
          hint="A reply of one brand is offered in its conversations alone."
        />
      </DialogForm>
    </Dialog>
  );
}

/** `brandId`: null for all brands, undefined where there was nothing to choose. */
type Fields = { title: string; body: string; shortcut: string | null; brandId: string | null | undefined };

function readForm(data: FormData): { fields: Fields | null; errors: Errors } {
  const title = checkTitle(textOf(data, "title"));
  const body = checkSavedReplyBody(textOf(data, "body"));
  const typed = textOf(data, "shortcut").trim();
  const shortcut = typed === "" ? ({ ok: true, value: null } as const) : checkShortcut(typed);
  const errors = {
    title: title.ok ? null : title.reason,
    body: body.ok ? null : body.reason,
    shortcut: shortcut.ok ? null : shortcut.reason,
  };
  if (!title.ok || !body.ok || !shortcut.ok) return { fields: null, errors };
  const brandId = data.has("brand") ? textOf(data, "brand") || null : undefined;
  return { fields: { title: title.value, body: body.value, shortcut: shortcut.value, brandId }, errors };
}

function useSave(reply: SavedReply | null): (fields: Fields) => Promise<void> {
  const create = useCreateSavedReply();
  const update = useUpdateSavedReply();
  return async ({ shortcut, brandId, ...fields }) => {
    if (reply !== null) {
      const brand = brandId === undefined ? {} : { brandId };
      await update({ savedReplyId: reply._id, ...fields, shortcut, ...brand });
      return;
    }
    await create({
      ...fields,
      ...(shortcut === null ? {} : { shortcut }),
      ...(brandId ? { brandId } : {}),
    });
  };
}
