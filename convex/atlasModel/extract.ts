"use node";

/** The text in a file: txt, md, html or pdf, by its name. */
import TurndownService from "turndown";
import { extractText, getDocumentProxy } from "unpdf";

/** Markdown or plain text; throws what to do when the file is not what its name says. */
export async function textOfFile(fileName: string, bytes: Uint8Array): Promise<string> {
  if (/\.pdf$/i.test(fileName)) return await textOfPdf(bytes);
  const text = decoded(bytes);
  if (!/\.html?$/i.test(fileName)) return text;
  const turndown = new TurndownService({ headingStyle: "atx" });
  turndown.remove(["script", "style", "noscript", "iframe"]);
  return turndown.turndown(text);
}

async function textOfPdf(bytes: Uint8Array): Promise<string> {
  try {
    const document = await getDocumentProxy(bytes);
    const { text } = await extractText(document, { mergePages: false });
    return text.join("\n\n");
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") {
      throw new Error("The PDF is locked with a password. Upload one without.", { cause: error });
    }
    throw new Error("This PDF cannot be read. Export it anew, or upload its text.", { cause: error });
  }
}

/** UTF-8, or UTF-16 that says so; bytes that are no text are refused rather than indexed as rubbish. */
function decoded(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  let text: string | null = null;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // Said below.
  }
  if (text === null || text.includes("\0")) throw new Error("This is no text file. Save it as UTF-8 text.");
  return text;
}
