import { cn } from "./cn";

/** A person in two letters: the name stands beside it or in its title. */
export function Initials({ name, self }: { name: string; self?: boolean }) {
  return (
    <span
      aria-hidden="true"
      title={name}
      className={cn(
        "inline-grid size-[22px] flex-none place-content-center rounded-md bg-active text-[0.625rem] font-heavy tracking-[0.02em] text-ink-2",
        self && "bg-accent-soft text-accent-ink shadow-[inset_0_0_0_1px_var(--accent-border)]",
      )}
    >
      {initialsOf(name)}
    </span>
  );
}

/** First letters of the first and last word, by character and not by code unit. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("");
}
