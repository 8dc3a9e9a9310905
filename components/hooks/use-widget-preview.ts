"use client";

import { useEffect, useState } from "react";
import { WIDGET_PREVIEW_PATH, type PreviewModule } from "@/lib/widget-preview";

type Loaded = { status: "loading" | "failed"; module: null } | { status: "ready"; module: PreviewModule };

/** The module that draws the widget, which is built apart from the dashboard and served beside it. */
export function useWidgetPreview(): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ status: "loading", module: null });
  useEffect(() => {
    let isGone = false;
    const importing = import(
      /* webpackIgnore: true */ /* turbopackIgnore: true */ WIDGET_PREVIEW_PATH
    ) as Promise<PreviewModule>;
    importing.then(
      (module) => {
        if (!isGone) setLoaded({ status: "ready", module });
      },
      () => {
        if (!isGone) setLoaded({ status: "failed", module: null });
      },
    );
    return () => {
      isGone = true;
    };
  }, []);
  return loaded;
}
