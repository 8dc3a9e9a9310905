/** Cutting a text into passages that are short enough to quote and long enough to understand. Pure. */

/** Characters of a passage; one paragraph or sentence that is longer is cut at a space. */
const CHUNK_MAX = 900;
/** Below this a paragraph joins the one before it. */
const CHUNK_MIN = 200;

export type Chunk = {
  /** The headings above it, outermost first: "Returns › Within the EU". */
  heading: string;
  text: string;
};

/** The passage under the title of its source, and the words by which it is found. */
export function underTitle(title: string, { heading, text }: Chunk): { heading: string; words: string } {
  const whole = heading === "" || heading === title ? title : `${title} › ${heading}`;
  return { heading: whole, words: `${whole}\n${text}` };
}

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^(```|~~~)/;

/** Passages of markdown or plain text, in order. Nothing of the text is left out but headings, which go with each passage. */
export function chunkText(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  for (const { heading, paragraphs } of sections(text)) {
    let current = "";
    const close = () => {
      if (current !== "") chunks.push({ heading, text: current });
      current = "";
    };
    for (const paragraph of paragraphs.flatMap(pieces)) {
      const joined = current === "" ? paragraph : `${current}\n\n${paragraph}`;
      if (joined.length > CHUNK_MAX) close();
      current = current === "" ? paragraph : `${current}\n\n${paragraph}`;
      if (current.length >= CHUNK_MAX - CHUNK_MIN) close();
    }
    close();
  }
  return chunks;
}

type Section = { heading: string; paragraphs: string[] };

function sections(text: string): Section[] {
  const found: Section[] = [];
  const path: string[] = [];
  let lines: string[] = [];
  let isCode = false;
  const close = () => {
    const paragraphs = lines
      .join("\n")
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== "");
    if (paragraphs.length > 0) found.push({ heading: path.filter(Boolean).join(" › "), paragraphs });
    lines = [];
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    if (FENCE.test(line.trim())) isCode = !isCode;
    const heading = isCode ? null : HEADING.exec(line);
    if (heading === null) {
      lines.push(line);
      continue;
    }
    close();
    const depth = heading[1]?.length ?? 1;
    path.length = Math.min(path.length, depth - 1);
    while (path.length < depth - 1) path.push("");
    path[depth - 1] = heading[2] ?? "";
  }
  close();
  return found;
}

/** The paragraph, or its sentences in groups that fit. */
function pieces(paragraph: string): string[] {
  if (paragraph.length <= CHUNK_MAX) return [paragraph];
  const found: string[] = [];
  let current = "";
  for (const sentence of splitSentences(paragraph).flatMap(cut)) {
    if (current !== "" && current.length + 1 + sentence.length > CHUNK_MAX) {
      found.push(current);
      current = "";
    }
    current = current === "" ? sentence : `${current} ${sentence}`;
  }
  if (current !== "") found.push(current);
  return found;
}

/**
 * The end of a sentence: a mark before white space (some scripts' marks need none), with quotes and citations behind it; or
 * a line's end. A point inside a figure or an address ends nothing.
 */
const SENTENCE_END = /(?:[.!?…؟]+["”»’)]*(?=\s|$)|[。！？।]+["”»’)]*)(?:\s*\[\d{1,2}\])*|\n+/gu;

/** Sentences with their marks and the citations behind them, by the rules that many scripts share. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(SENTENCE_END)) {
    sentences.push(text.slice(from, index + end.length));
    from = index + end.length;
  }
  sentences.push(text.slice(from));
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
}

/** Pieces of a text without a sentence end; at a space where there is one. */
function cut(sentence: string): string[] {
  const found: string[] = [];
  let rest = sentence;
  while (rest.length > CHUNK_MAX) {
    const space = rest.lastIndexOf(" ", CHUNK_MAX);
    let at = space > CHUNK_MIN ? space : CHUNK_MAX;
    // Not between the halves of a surrogate pair.
    if (/[\uD800-\uDBFF]/.test(rest.charAt(at - 1))) at -= 1;
    found.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest !== "") found.push(rest);
  return found;
}
