// @vitest-environment node
import { describe, expect, it } from "vitest";
import { textOfFile } from "../../../../convex/atlasModel/extract";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("a text file", () => {
  it.each([
    ["with a byte order mark", utf8("\uFEFF# Returns\r\nFree.")],
    [
      "in UTF-16, as old editors write it",
      new Uint8Array(Buffer.from("\uFEFF# Returns\r\nFree.", "utf16le")),
    ],
  ])("%s is read without the mark", async (_name, bytes) => {
    expect(await textOfFile("a.md", bytes)).toBe("# Returns\r\nFree.");
  });

  it.each([
    ["with bytes of no text", new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 8, 0])],
    ["in another encoding", new Uint8Array([0x47, 0x72, 0xfc, 0xdf, 0x65])],
    ["in half of UTF-16", new Uint8Array([0xff, 0xfe, 0x80])],
  ])("%s is refused, and what to do is said", async (_name, bytes) => {
    await expect(textOfFile("a.md", bytes)).rejects.toThrow("Save it as UTF-8");
  });
});

/** Its password is no empty one: the check values are of no key. */
const LOCKED = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<${"ab".repeat(32)}>/U<${"cd".repeat(32)}>>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>`;

it.each([
  ["that is none", "no pdf", "Export it anew"],
  ["with a password", LOCKED, "locked with a password"],
])("a PDF %s is refused, and what to do is said", async (_name, text, what) => {
  await expect(textOfFile("a.pdf", utf8(text))).rejects.toThrow(what);
});
