"use node";

/** The text in a file: txt, md, html or pdf, by its name. */
import TurndownService from "turndown";
import { extractText, getDocumentProxy } from "unpdf";

/** Markdown or plain text; throws when the file is not what its name says. */
export async function textOfFile(fileName: string, bytes: Uint8Array): Promise<string> {
  if (/\.pdf$/i.test(fileName)) {
    const document = await getDocumentProxy(bytes);
    const { text } = await extractText(document, { mergePages: false });
    return text.join("\n\n");
  }
  // A file with bytes that are no UTF-8 is refused rather than indexed as rubbish.
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  if (!/\.html?$/i.test(fileName)) return text;
  const turndown = new TurndownService({ headingStyle: "atx" });
  turndown.remove(["script", "style", "noscript", "iframe"]);
  return turndown.turndown(text);
}
