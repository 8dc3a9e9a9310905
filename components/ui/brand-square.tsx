/** A brand's colour, as its owner chose it: always beside the brand's name. */
export function BrandSquare({ color }: { color: string }) {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-2 flex-none rounded-[2px] shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--text)_30%,transparent)]"
      style={{ background: color }}
    />
  );
}
