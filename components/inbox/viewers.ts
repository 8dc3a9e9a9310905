import type { Viewer } from "@/components/hooks/use-viewers";

/** Who else is there, for the thread's top: "Bo and Grace are here"; null: nobody. */
export function viewersText(viewers: readonly Viewer[]): string | null {
  const names = viewers.map(({ name }) => name);
  const [first, second] = names;
  if (first === undefined) return null;
  if (second === undefined) return `${first} is here too`;
  return names.length === 2
    ? `${first} and ${second} are here too`
    : `${first} and ${names.length - 1} others are here too`;
}

/** Who of them writes a reply, for beside the composer; null: nobody. */
export function writerText(viewers: readonly Viewer[]): string | null {
  const writer = viewers.find(({ isWriting }) => isWriting);
  return writer === undefined ? null : `${writer.name} is writing a reply`;
}
