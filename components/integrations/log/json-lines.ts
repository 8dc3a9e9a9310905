/** A piece of JSON text with what it is, for colouring. */
export type JsonPart = { kind: "key" | "string" | "other"; text: string };
export type JsonLine = { depth: number; parts: readonly JsonPart[] };

/** One token of JSON: a string, a mark of structure, or a bare word; white space between them is not kept. */
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+)/uy;

/**
 * JSON text laid out in lines, token by token: numbers and escapes stay as they were sent, which parsing would not keep.
 * Null when it is not an object or a list in JSON.
 */
export function jsonLines(text: string): JsonLine[] | null {
  const tokens = tokensOf(text);
  if (tokens === null || !isJson(text)) return null;
  const lines: { depth: number; parts: JsonPart[] }[] = [{ depth: 0, parts: [] }];
  let depth = 0;
  const add = (part: JsonPart) => lines[lines.length - 1]?.parts.push(part);
  const newLine = () => lines.push({ depth, parts: [] });
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (isOpening(token)) {
      add({ kind: "other", text: token });
      if (next !== undefined && isClosing(next)) return;
      depth += 1;
      newLine();
    } else if (isClosing(token)) {
      const previous = tokens[index - 1];
      if (previous === undefined || !isOpening(previous)) {
        depth -= 1;
        newLine();
      }
      add({ kind: "other", text: token });
    } else if (token === ",") {
      add({ kind: "other", text: token });
      newLine();
    } else if (token === ":") {
      add({ kind: "other", text: ": " });
    } else {
      const kind = token.startsWith('"') ? (next === ":" ? "key" : "string") : "other";
      add({ kind, text: token });
    }
  });
  return lines;
}

const isOpening = (token: string) => token === "{" || token === "[";
const isClosing = (token: string) => token === "}" || token === "]";

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  const body = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body)?.[1];
    if (token === undefined) return null;
    tokens.push(token);
  }
  return tokens;
}

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
