"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useBrands } from "@/components/hooks/use-inbox";
import {
  useCreateSavedReply,
  useRemoveSavedReply,
  useSavedReplies,
  type SavedReply,
} from "@/components/hooks/use-saved-replies";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { toastFailure, toastWithUndo } from "@/components/ui/toaster";
import { ReplyDialog } from "./reply-dialog";
import { ReplyTable } from "./reply-table";

/** The texts that the team sends often. Everybody adds and uses them; owners and admins also change those of others. */
export function SavedReplies() {
  const replies = useSavedReplies();
  const brands = useBrands();
  const remove = useRemoveWithUndo();
  const [edited, setEdited] = useState<SavedReply | "new" | null>(null);

  return (
    <AppShell section="saved-replies">
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Saved replies</h1>
          <Button size="sm" className="ml-auto" onClick={() => setEdited("new")}>
            <Plus size={14} aria-hidden="true" />
            New reply
          </Button>
        </header>
        <div className="min-h-0 flex-1 overflow-auto px-5 pt-4 pb-8 max-md:px-4">
          <p className="mb-3 max-w-[68ch] text-13 text-ink-2">
            In a reply, type / and the shortcut or part of the title.
          </p>
          {replies.status === "failed" ? (
            <SectionFailed title="The saved replies did not load">
              The server could not list them. Conversations go on working.
            </SectionFailed>
          ) : replies.status === "loading" ? (
            <SectionLoading label="Loading saved replies" />
          ) : replies.data.length === 0 ? (
            <SectionEmpty title="No saved replies yet">
              Save what you write again and again: opening hours, how to return a parcel, a greeting with the
              visitor’s name.
            </SectionEmpty>
          ) : (
            <ReplyTable replies={replies.data} onEdit={setEdited} onRemove={remove} />
          )}
        </div>
        {edited ? (
          <ReplyDialog
            reply={edited === "new" ? null : edited}
            brands={brands.data ?? []}
            onClose={() => setEdited(null)}
          />
        ) : null}
      </div>
    </AppShell>
  );
}

/** Removes a reply; Undo saves it again, as the operator's who takes it back. */
function useRemoveWithUndo(): (reply: SavedReply) => void {
  const remove = useRemoveSavedReply();
  const create = useCreateSavedReply();
  const restore = ({ title, body, shortcut, brandId }: SavedReply) =>
    create({
      title,
      body,
      ...(shortcut === null ? {} : { shortcut }),
      ...(brandId === null ? {} : { brandId }),
    }).catch((error: unknown) => toastFailure(reasonOf(error)));
  return (reply) =>
    void remove({ savedReplyId: reply._id }).then(
      () => toastWithUndo(`Deleted “${reply.title}”.`, () => void restore(reply)),
      (error: unknown) => toastFailure(reasonOf(error)),
    );
}
