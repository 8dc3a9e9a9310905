"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import {
  EMPTY_DRAFT,
  isEmptyDraft,
  joinDrafts,
  readUnsaved,
  writeUnsaved,
  type Draft,
} from "@/components/inbox/drafts";
import { api } from "@/convex/_generated/api";
import { browserStore } from "./browser-store";
import { useLiveQuery } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

/** From the last key to the save, milliseconds. */
const SAVE_AFTER_MS = 600;

/** The server's draft; null: it has none; undefined: not known yet. */
export type RemoteDraft = (Draft & { updatedAt: number }) | null | undefined;
/** Keeps a draft on the server; answers with its `updatedAt`, null when it was empty. */
type Save = (draft: Draft) => Promise<number | null>;
type Where = { operatorId: string; conversationId: string };

export type DraftHandle = {
  draft: Draft;
  change: (next: (draft: Draft) => Draft) => void;
  /** Saves what waits for the end of a pause, now. */
  flush: () => void;
};

/** A conversation's draft as this operator has it on every computer. Mount anew for another conversation. */
export function useDraft(operatorId: string, conversationId: string): DraftHandle {
  const { data } = useLiveQuery(api.messageDrafts.get, { conversationId });
  const upsert = useOperatorMutation(api.messageDrafts.upsert);
  const save = useCallback((draft: Draft) => upsert({ conversationId, ...draft }), [upsert, conversationId]);
  return useSyncedDraft(
    useMemo(() => ({ operatorId, conversationId }), [operatorId, conversationId]),
    data,
    save,
  );
}

/**
 * Keeps a draft the same here and on the server. What is typed here stays in the box and is saved after a pause, over
 * what another tab may have saved meanwhile; what another tab saves shows here once nothing is unsaved. Until the server
 * has it, this computer keeps it.
 */
export function useSyncedDraft(where: Where, remote: RemoteDraft, save: Save): DraftHandle {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [sync] = useState(() => new DraftSync(where, setDraft));
  useEffect(() => {
    sync.save = save;
  }, [sync, save]);
  useEffect(() => sync.begin(), [sync]);
  useEffect(() => sync.receive(remote), [sync, remote]);
  return useMemo(() => ({ draft, change: sync.change, flush: sync.flush }), [draft, sync]);
}

class DraftSync {
  save: Save | null = null;
  // Keys may come faster than renders: each change builds on the one before, not on what was last drawn.
  private draft = EMPTY_DRAFT;
  private base: number | null | undefined = undefined;
  private remote: RemoteDraft = undefined;
  private unsaved = false;
  private saving = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly where: Where,
    private readonly show: (draft: Draft) => void,
  ) {}

  /** Takes up what an earlier page could not save. Returns the clean-up, which saves what waits. */
  begin = (): (() => void) => {
    const { operatorId, conversationId } = this.where;
    const left = readUnsaved(browserStore(), operatorId, conversationId);
    if (left !== null && !this.unsaved) {
      this.base = left.base;
      this.unsaved = true;
      this.set(left.draft);
    }
    return this.flush;
  };

  receive = (remote: RemoteDraft): void => {
    if (remote === undefined) return;
    const isFirst = this.remote === undefined;
    this.remote = remote;
    if (!this.unsaved && !this.saving) this.adopt(remote);
    if (!isFirst || !this.unsaved) return;
    // Written here before the server's draft was known.
    const version = remote?.updatedAt ?? null;
    if (remote !== null && version !== this.base) this.set(joinDrafts(remote, this.draft));
    this.base = version;
    this.keepHere();
    this.saveSoon();
  };

  change = (next: (draft: Draft) => Draft): void => {
    this.set(next(this.draft));
    this.unsaved = true;
    this.keepHere();
    this.saveSoon();
  };

  flush = (): void => {
    if (!this.unsaved || this.saving || this.remote === undefined || this.save === null) return;
    clearTimeout(this.timer);
    if (isEmptyDraft(this.draft) && this.base === null) {
      this.settled();
      return;
    }
    const sent = this.draft;
    this.saving = true;
    this.save(sent).then(
      (version) => {
        this.saving = false;
        this.base = version;
        if (this.draft !== sent) {
          this.keepHere();
          this.saveSoon();
          return;
        }
        this.settled();
        // Saved elsewhere after this one, while this one was on its way.
        if (version !== null && this.remote && this.remote.updatedAt > version) this.adopt(this.remote);
      },
      // It stays on this computer; the next key, or the next visit, tries again.
      () => {
        this.saving = false;
      },
    );
  };

  private saveSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.flush, SAVE_AFTER_MS);
  }

  private adopt(remote: Exclude<RemoteDraft, undefined>): void {
    const version = remote?.updatedAt ?? null;
    if (version === this.base) return;
    this.base = version;
    const { updatedAt, ...draft } = remote ?? { ...EMPTY_DRAFT, mode: this.draft.mode, updatedAt: null };
    this.set(draft);
  }

  private settled(): void {
    this.unsaved = false;
    writeUnsaved(browserStore(), this.where.operatorId, this.where.conversationId, null);
  }

  private keepHere(): void {
    const { operatorId, conversationId } = this.where;
    writeUnsaved(browserStore(), operatorId, conversationId, { draft: this.draft, base: this.base });
  }

  private set(draft: Draft): void {
    this.draft = draft;
    this.show(draft);
  }
}
