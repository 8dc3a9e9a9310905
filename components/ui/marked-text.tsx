import type { Hit } from "@/lib/search-text";

/** A text with what a search found in it set apart, by a mark that colour alone does not make. */
export function MarkedText({ text, hits }: { text: string; hits: readonly Hit[] }) {
  const starts = [0, ...hits.map(({ end }) => end)];
  return (
    <>
      {starts.map((start, index) => {
        const hit = hits[index];
        return (
          <span key={start}>
            {text.slice(start, hit?.start)}
            {hit ? (
              <mark className="bg-accent-soft font-strong text-ink underline decoration-accent underline-offset-2">
                {text.slice(hit.start, hit.end)}
              </mark>
            ) : null}
          </span>
        );
      })}
    </>
  );
}
