"use client";

import { useMemo } from "react";
import { Toaster, undo, useNewestUndo } from "@/components/ui/toaster";
import { KeyCaps } from "./key-caps";
import { useKeys } from "./keys-provider";

/** Toasts, with the key that takes back what the newest of them tells. */
export function ToasterWithKey() {
  const id = useNewestUndo();
  useKeys(
    useMemo(
      () => (id === null ? [] : [{ key: "u", label: "Undo", foot: "undo", run: () => undo(id) }]),
      [id],
    ),
  );
  return <Toaster undoCaps={<KeyCaps of="u" bare />} />;
}
