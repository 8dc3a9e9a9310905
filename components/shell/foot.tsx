"use client";

import type { Connection } from "@/components/hooks/use-connection";
import { useKeyBindings } from "@/components/keys/keys-provider";
import { KeyCaps } from "@/components/keys/key-caps";
import { cn } from "@/components/ui/cn";

const STATE: Record<Connection, { word: string; dash: string }> = {
  live: { word: "Live", dash: "bg-success" },
  connecting: { word: "Connecting", dash: "bg-line-control" },
  lost: { word: "Connection lost", dash: "bg-warning" },
};

/** The line at the bottom: the keys of this page, and whether what is shown is live. */
export function Foot({ connection }: { connection: Connection }) {
  const { bindings } = useKeyBindings();
  const { word, dash } = STATE[connection];
  return (
    <footer
      aria-label="Keys and connection"
      className="hidden h-[var(--foot-h)] items-center gap-4 overflow-hidden border-t border-line bg-canvas px-4 text-12 whitespace-nowrap text-ink-2 md:flex"
    >
      <span className="flex min-w-0 gap-4 overflow-hidden">
        {footHints(bindings).map((hint) => (
          <span key={hint.text} className="inline-flex items-center gap-[5px]">
            {hint.keys.map((key) => (
              <KeyCaps key={key} of={key} />
            ))}
            {hint.text}
          </span>
        ))}
      </span>
      <span className="ml-auto inline-flex items-center gap-1.5">
        <span className={cn("block h-[3px] w-2.5", dash)} />
        {word}
      </span>
    </footer>
  );
}

/** Keys with one and the same hint stand together: "J K next, previous". */
function footHints(bindings: readonly { key: string; foot?: string }[]): { text: string; keys: string[] }[] {
  const hints = new Map<string, string[]>();
  for (const { key, foot } of bindings) {
    if (foot === undefined) continue;
    hints.set(foot, [...(hints.get(foot) ?? []), key]);
  }
  return [...hints].map(([text, keys]) => ({ text, keys }));
}
