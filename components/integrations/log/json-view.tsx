import { jsonLines, type JsonPart } from "./json-lines";

const COLOR: Record<JsonPart["kind"], string | undefined> = {
  key: "text-accent-ink",
  string: "text-success-ink",
  other: undefined,
};

/** JSON in lines and colours; other text as it is. */
export function JsonView({ text }: { text: string }) {
  const lines = jsonLines(text);
  if (lines === null) return text;
  return lines.map(({ depth, parts }, index) => (
    <span key={index}>
      {"  ".repeat(depth)}
      {parts.map((part, place) => (
        <span key={place} className={COLOR[part.kind]}>
          {part.text}
        </span>
      ))}
      {index < lines.length - 1 ? "\n" : null}
    </span>
  ));
}
