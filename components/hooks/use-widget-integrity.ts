"use client";

import { useEffect, useState } from "react";
import type { WidgetRelease } from "@/components/format/widget-snippet";

type Asked = { status: "loading" | "failed"; data: null } | { status: "ready"; data: WidgetRelease };

/** The file that holds the running release's whole widget, asked for once it is wanted. */
export function useWidgetIntegrity(isWanted: boolean): Asked {
  const [asked, setAsked] = useState<Asked>({ status: "loading", data: null });
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    readRelease(abort.signal).then(
      (data) => setAsked({ status: "ready", data }),
      () => {
        if (!abort.signal.aborted) setAsked({ status: "failed", data: null });
      },
    );
    return () => abort.abort();
  }, [isWanted]);
  return asked;
}

async function readRelease(signal: AbortSignal): Promise<WidgetRelease> {
  const response = await fetch("/widget/integrity.json", { signal });
  if (!response.ok) throw new Error(`integrity.json was answered with status ${response.status}.`);
  return (await response.json()) as WidgetRelease;
}
