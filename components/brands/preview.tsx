"use client";

import { Moon, Sun } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/cn";
import { Segments } from "@/components/ui/segments";
import type { PreviewBrand, PreviewModule, PreviewScene } from "@/lib/widget-preview";

const SCENES = [
  { value: "closed", label: "Closed" },
  { value: "form", label: "Form" },
  { value: "chat", label: "Chat" },
] as const;

const THEMES = [
  { value: "light", label: <ThemeIcon Icon={Sun} word="Light" /> },
  { value: "dark", label: <ThemeIcon Icon={Moon} word="Dark" /> },
] as const;

type PreviewProps = { brand: PreviewBrand; module: PreviewModule | null; failed: boolean };

/** The widget as visitors will see it, by its own code; each change of the page shows at once. */
export function Preview({ brand, module, failed }: PreviewProps) {
  const [scene, setScene] = useState<PreviewScene>("form");
  const [chosen, setTheme] = useState<"light" | "dark">("light");
  const theme = brand.theme === "auto" ? chosen : brand.theme;
  return (
    <section aria-label="Preview" className="flex flex-col bg-canvas lg:min-h-0">
      <div className="flex min-h-[calc(var(--control-h-sm)+1.25rem)] flex-none flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
        <Segments legend="Preview of" hideLegend choices={SCENES} value={scene} onChange={setScene} />
        {brand.theme === "auto" ? (
          <Segments legend="Visitor prefers" hideLegend choices={THEMES} value={theme} onChange={setTheme} />
        ) : null}
      </div>
      <div
        role="group"
        aria-label="The widget on a page"
        tabIndex={0}
        className="flex-1 overflow-auto p-4 lg:min-h-0"
      >
        {failed ? (
          <p role="alert" className="text-13 text-ink-2">
            The preview did not load. Load the page again.
          </p>
        ) : (
          <PreviewFrame brand={{ ...brand, theme }} scene={scene} module={module} />
        )}
      </div>
    </section>
  );
}

type PreviewFrameProps = { brand: PreviewBrand; scene: PreviewScene; module: PreviewModule | null };

/** A visitor's page is light or dark by itself, whatever the dashboard is. */
const PAGE = {
  light: { background: "#ffffff", line: "#e9e9e7" },
  dark: { background: "#17181a", line: "#2b2d30" },
};

/** A made-up page, which is what the widget is placed by. */
function PreviewFrame({ brand, scene, module }: PreviewFrameProps) {
  const frame = useRef<HTMLDivElement>(null);
  const text = JSON.stringify(brand);
  const { background, line } = PAGE[brand.theme === "dark" ? "dark" : "light"];
  useEffect(() => {
    if (module === null || frame.current === null) return;
    const preview = module.createPreview(frame.current);
    preview.draw(JSON.parse(text) as PreviewBrand, scene);
    return () => preview.destroy();
  }, [module, text, scene]);
  return (
    <div
      ref={frame}
      style={{ background }}
      className="relative isolate h-[46.5rem] min-w-0 lg:h-full lg:max-h-[46.5rem] lg:min-h-[30rem] transform-[translateZ(0)] overflow-hidden rounded-md border border-line"
    >
      <div aria-hidden="true" className="grid gap-3 p-6">
        {["mb-4 h-4 w-40", "h-2.5 w-3/5", "h-2.5 w-2/3", "h-2.5 w-1/2"].map((size) => (
          <span key={size} style={{ background: line }} className={cn("rounded-sm", size)} />
        ))}
      </div>
    </div>
  );
}

function ThemeIcon({ Icon, word }: { Icon: typeof Sun; word: string }) {
  return (
    <>
      <Icon size={14} aria-hidden="true" />
      <span className="sr-only">{word}</span>
    </>
  );
}
