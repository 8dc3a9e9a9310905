/** Code to be copied whole: one click selects it. */
export function Snippet({ label, code }: { label: string; code: string }) {
  return (
    <pre
      tabIndex={0}
      aria-label={label}
      className="overflow-auto rounded-md border border-line bg-sunk px-3 py-2.5 font-mono text-12 leading-[1.1875rem] font-[450] tracking-[-0.035em] wrap-anywhere whitespace-pre-wrap select-all"
    >
      {code}
    </pre>
  );
}
