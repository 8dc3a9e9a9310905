import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { open, parseSecretKeys, seal } from "../../../../convex/logic/sealing";

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const filled = (byte: number) => base64(new Uint8Array(32).fill(byte));
const IV = new Uint8Array(12).fill(7);

function keys(...texts: string[]) {
  const parsed = parseSecretKeys(texts.join(","));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

describe("parseSecretKeys", () => {
  it("reads one key, or several in their order", () => {
    expect(keys(filled(1))).toEqual([new Uint8Array(32).fill(1)]);
    expect(keys(` ${filled(1)} `, ` ${filled(2)}`)).toEqual([
      new Uint8Array(32).fill(1),
      new Uint8Array(32).fill(2),
    ]);
  });

  it.each([
    ["nothing", ""],
    ["31 bytes", base64(new Uint8Array(31))],
    ["33 bytes", base64(new Uint8Array(33))],
    ["hex", "0".repeat(64)],
    ["URL-safe letters", filled(255).replaceAll("/", "_")],
    ["a bad one after a good one", `${filled(1)},x`],
    ["a comma at the end", `${filled(1)},`],
  ])("refuses %s", (_name, text) => {
    expect(parseSecretKeys(text)).toEqual({
      ok: false,
      reason: "PRAXTALK_SECRET_KEY must be base64 of 32 bytes, or several of these separated by commas.",
    });
  });
});

describe("seal and open", () => {
  it("gives the text back, in the same context alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        async (text, iv) => {
          const sealed = await seal(text, keys(filled(1)), "workspace1", new Uint8Array(iv));
          expect(await open(sealed, keys(filled(1)), "workspace1")).toBe(text);
          expect(await open(sealed, keys(filled(1)), "workspace2")).toBeNull();
        },
      ),
    );
  });

  it("seals with the first key and opens with each", async () => {
    const old = await seal("whsec_x", keys(filled(1)), "w", IV);
    const both = keys(filled(2), filled(1));
    const fresh = await seal("whsec_x", both, "w", IV);
    expect(await open(old, both, "w")).toBe("whsec_x");
    expect(await open(fresh, both, "w")).toBe("whsec_x");
    expect(await open(fresh, keys(filled(2)), "w")).toBe("whsec_x");
    expect(await open(fresh, keys(filled(1)), "w")).toBeNull();
    expect(await open(old, keys(filled(2)), "w")).toBeNull();
  });

  // Computed with createCipheriv of node:crypto.
  it("is AES-256-GCM with the context as additional data", async () => {
    expect(await seal("whsec_x", keys(filled(1)), "w", IV)).toBe(
      "s1.72cd6e84.BwcHBwcHBwcHBwcH.+puZwWzxyQzUtAXC8yjoWWP+AoyQg0k=",
    );
  });

  it("opens nothing that was changed anywhere", async () => {
    const sealed = await seal("whsec_x", keys(filled(1)), "w", IV);
    for (let index = 0; index < sealed.length; index++) {
      for (const letter of ["A", "1", "=", "."]) {
        const changed = sealed.slice(0, index) + letter + sealed.slice(index + 1);
        // The last letter before the padding has bits that mean nothing.
        if (changed === sealed || atobAll(changed) === atobAll(sealed)) continue;
        expect(await open(changed, keys(filled(1)), "w"), changed).toBeNull();
      }
    }
    for (const text of ["", "whsec_x", "s2" + sealed.slice(2), sealed + ".x", sealed.slice(0, -4)]) {
      expect(await open(text, keys(filled(1)), "w"), text).toBeNull();
    }
  });
});

/** The sealed parts as bytes, to tell two spellings of one text from a change. */
function atobAll(sealed: string): string {
  const [version, id, iv = "", text = ""] = sealed.split(".");
  try {
    return [version, id, atob(iv), atob(text)].join();
  } catch {
    return sealed;
  }
}
