"use client";

import { useEffect, useState } from "react";
import { formats, setFormats } from "@/components/format/formats";
import type { Formats } from "@/lib/formats";
import { refreshNow } from "./use-now";

/**
 * Shows dates and numbers as this person chose: from the first drawing on as the page came with it, later as they choose
 * anew, here or in another tab.
 */
export function useFormats(atFirst: Formats, chosen: Formats | undefined): void {
  useState(() => {
    if (typeof window !== "undefined") setFormats(atFirst);
  });
  const { locale, timeZone } = chosen ?? atFirst;
  useEffect(() => {
    const shown = formats();
    if (shown.locale === locale && shown.timeZone === timeZone) return;
    setFormats({ locale, timeZone });
    // Whatever shows a time follows the clock.
    refreshNow();
  }, [locale, timeZone]);
}
