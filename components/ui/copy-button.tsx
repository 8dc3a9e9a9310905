"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState, type ComponentProps } from "react";
import { Button } from "./button";

/** Milliseconds for which the button says that it worked. */
const CONFIRM_MS = 4000;

type Outcome = "idle" | "copied" | "refused";
const WORD: Record<Exclude<Outcome, "idle">, string> = { copied: "Copied", refused: "Select and copy it" };

type CopyButtonProps = {
  text: string;
  label: string;
  /** What the button says: a short form of its label. */
  word?: string;
} & Pick<ComponentProps<typeof Button>, "variant" | "size" | "ref">;

/** Copies `text`. Where the page may not (plain http on another host), says so and leaves it to the reader. */
export function CopyButton({ text, label, word = "Copy", variant = "main", size, ref }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <Button
      ref={ref}
      variant={variant}
      size={size}
      aria-label={outcome === "idle" ? label : undefined}
      onClick={() => {
        copyText(text).then(
          () => setOutcome("copied"),
          () => setOutcome("refused"),
        );
      }}
    >
      <Icon size={14} aria-hidden="true" />
      <span aria-live="polite">{outcome === "idle" ? word : WORD[outcome]}</span>
    </Button>
  );
}

async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error("The clipboard needs https or localhost.");
  await navigator.clipboard.writeText(text);
}
