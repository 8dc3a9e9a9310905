import { describe, expect, it } from "vitest";
import { cleanFileName, dispositionOf, OPAQUE_TYPE, typeOf } from "../../../../convex/logic/files";
import { FILE_NAME_MAX } from "../../../../lib/limits";

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "number" ? [part] : [...Buffer.from(part, "latin1")])),
  );

describe("the type of a file", () => {
  it.each([
    ["image/png", bytes(0x89, "PNG\r\n", 0x1a, 0x0a, "rest")],
    ["image/jpeg", bytes(0xff, 0xd8, 0xff, 0xe0)],
    ["image/gif", bytes("GIF87a")],
    ["image/gif", bytes("GIF89a<script>")],
    ["image/webp", bytes("RIFF", 1, 2, 3, 4, "WEBPVP8 ")],
  ])("is %s by its first bytes", (type, content) => {
    expect(typeOf(content)).toBe(type);
  });

  it.each([
    ["a page", bytes("<!doctype html><script>alert(1)</script>")],
    ["a drawing that may hold scripts", bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ["a document", bytes("%PDF-1.7")],
    ["a sound in the same container as WebP", bytes("RIFF", 1, 2, 3, 4, "WAVEfmt ")],
    ["the beginning of a signature", bytes(0x89, "PNG")],
    ["nothing", bytes()],
  ])("is unknown of %s", (_what, content) => {
    expect(typeOf(content)).toBe(OPAQUE_TYPE);
  });
});

describe("the name of a file", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["Übersicht 2026.xlsx", "Übersicht 2026.xlsx"],
    ["../../etc/passwd", "passwd"],
    ["C:\\temp\\a.png", "a.png"],
    ["line\r\nbreak.txt", "linebreak.txt"],
    ["photo\u202Egpj.exe", "photogpj.exe"],
    ['a<b>"c|d?.txt', "abcd.txt"],
    [" . .hidden.. ", "hidden"],
    ["a \t  b.txt", "a b.txt"],
    ["", "file"],
    ["\u200B", "file"],
    ["dir/", "file"],
    ["half\uD800.txt", "half.txt"],
  ])("%j is shown as %j", (given, shown) => {
    expect(cleanFileName(given)).toBe(shown);
  });

  it("is cut before its extension, at a whole character", () => {
    expect(cleanFileName(`${"n".repeat(300)}.pdf`)).toBe(`${"n".repeat(FILE_NAME_MAX - 4)}.pdf`);
    const cut = cleanFileName(`${"😀".repeat(100)}.jpeg`);
    expect(cut).toMatch(/^(?:😀)+\.jpeg$/u);
    expect(cut.length).toBeLessThanOrEqual(FILE_NAME_MAX);
    expect(cleanFileName("x".repeat(300))).toHaveLength(FILE_NAME_MAX);
  });

  it("cannot leave its header", () => {
    const name = `it's "50%" (ok)*;\u00e9.txt`;
    expect(dispositionOf({ name, type: OPAQUE_TYPE })).toBe(
      "attachment; filename*=UTF-8''it%27s%20%2250%25%22%20%28ok%29%2A%3B%C3%A9.txt",
    );
    expect(dispositionOf({ name: "a.png", type: "image/png" })).toBe("inline; filename*=UTF-8''a.png");
  });
});
