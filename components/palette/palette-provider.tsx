"use client";

import { useRouter } from "next/navigation";
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import type { KeyBinding } from "@/components/keys/key-match";
import { useKeys } from "@/components/keys/keys-provider";
import { GO_KEYS, SECTIONS, goWords } from "@/components/shell/sections";
import { Palette } from "./palette";
import { PALETTE_KEY } from "./palette-items";

const PaletteContext = createContext<() => void>(() => undefined);

/** Opens the palette. */
export function useOpenPalette(): () => void {
  return use(PaletteContext);
}

/** The palette on its key, and the keys that go to the sections, on every page of the dashboard. */
export function PaletteProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const show = useCallback(() => setOpen(true), []);
  useKeys(
    useMemo(
      (): KeyBinding[] => [
        { key: PALETTE_KEY, label: "Search or jump", run: () => setOpen((was) => !was) },
        ...SECTIONS.flatMap(({ id, label, href }) => {
          const letter = GO_KEYS[id];
          if (letter === undefined) return [];
          return { key: `g ${letter}`, label: goWords({ id, label }), run: () => router.push(href) };
        }),
      ],
      [router],
    ),
  );
  return (
    <PaletteContext value={show}>
      {children}
      <Palette open={open} onClose={() => setOpen(false)} />
    </PaletteContext>
  );
}
