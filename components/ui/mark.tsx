/** Our mark: two lines of dialogue, the second indented below the first. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 22 22" width={22} height={22} aria-hidden="true" className={className}>
      <rect x="2" y="6" width="11" height="4" fill="var(--text)" />
      <rect x="9" y="13" width="11" height="4" fill="var(--accent)" />
    </svg>
  );
}

/** The mark with the product's name beside it. */
export function Wordmark() {
  return (
    <span className="flex items-center gap-[9px]">
      <Mark className="flex-none" />
      <span className="text-15 font-heavy tracking-[-0.012em]">PraxTalk</span>
    </span>
  );
}

/** The two dashes at the head of an empty state. */
export function Dashes() {
  return (
    <svg viewBox="0 0 44 16" width={44} height={16} aria-hidden="true" className="mb-1.5">
      <rect x="0" y="2" width="26" height="4" fill="var(--border-control)" opacity=".7" />
      <rect x="18" y="10" width="26" height="4" fill="var(--accent)" />
    </svg>
  );
}
