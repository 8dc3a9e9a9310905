"use client";

import { useCallback, useMemo, useState } from "react";
import type { ConversationRow } from "@/components/hooks/rows";
import { useKeys } from "@/components/keys/keys-provider";
import { CHANGE_MANY_MAX } from "@/lib/limits";
import { NOTHING_SELECTED, extended, toggled, withinShown } from "./selection";

export type ListSelection = {
  /** The selected rows, in the order shown. */
  rows: readonly ConversationRow[];
  has: (conversationId: string) => boolean;
  /** Selects a row or takes it out; with `range`, selects all from the last one to this. */
  toggle: (conversationId: string, range: boolean) => void;
  /** Selects what is loaded of the list, as much as one change may hold. */
  selectAll: () => void;
  clear: () => void;
};

/** The selected rows of a list. A row that leaves the list is selected no more; another view selects anew. */
export function useSelection(
  shown: readonly ConversationRow[],
  viewKey: string,
  openId: string | null,
): ListSelection {
  const [state, setState] = useState({ viewKey, selection: NOTHING_SELECTED });
  const shownIds = useMemo(() => shown.map(({ _id }) => _id as string), [shown]);
  const { ids, anchor } = withinShown(
    state.viewKey === viewKey ? state.selection : NOTHING_SELECTED,
    shownIds,
  );
  const set = useCallback(
    (next: (now: typeof NOTHING_SELECTED) => typeof NOTHING_SELECTED) =>
      setState((now) => {
        const before = now.viewKey === viewKey ? now.selection : NOTHING_SELECTED;
        return { viewKey, selection: next(withinShown(before, shownIds)) };
      }),
    [viewKey, shownIds],
  );
  const toggle = useCallback(
    (id: string, range: boolean) => set((now) => (range ? extended(now, id, shownIds) : toggled(now, id))),
    [set, shownIds],
  );
  const selectAll = useCallback(
    () => set(() => ({ ids: new Set(shownIds.slice(0, CHANGE_MANY_MAX)), anchor: null })),
    [set, shownIds],
  );
  const clear = useCallback(() => set(() => NOTHING_SELECTED), [set]);
  useKeys(
    useMemo(() => {
      const run = () => {
        const row = document.activeElement?.closest("[data-conversation]");
        const id = row?.getAttribute("data-conversation") ?? openId;
        if (id !== null && shownIds.includes(id)) toggle(id, false);
      };
      return [{ key: "x", label: "Select the conversation", run }];
    }, [openId, shownIds, toggle]),
  );
  const key = [...ids].join(" ");
  return useMemo(() => {
    const chosen = new Set(key === "" ? [] : key.split(" "));
    return {
      rows: shown.filter(({ _id }) => chosen.has(_id)),
      has: (id: string) => chosen.has(id),
      anchor,
      toggle,
      selectAll,
      clear,
    };
  }, [key, shown, anchor, toggle, selectAll, clear]);
}
