import { describe, expect, it } from "vitest";
import { inPrintOrder, keyCaps, matchesKey, takesText } from "@/components/keys/key-match";

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  ({
    key,
    metaKey: false,
    ctrlKey: false,
    altKey: false,
    isComposing: false,
    repeat: false,
    ...held,
  }) as KeyboardEvent;

describe("matchesKey", () => {
  it("takes letters in either case, as Caps Lock sends them", () => {
    expect(matchesKey(press("j"), "j")).toBe(true);
    expect(matchesKey(press("J"), "j")).toBe(true);
    expect(matchesKey(press("k"), "j")).toBe(false);
  });

  it("leaves single keys with a modifier to the browser", () => {
    expect(matchesKey(press("r", { ctrlKey: true }), "r")).toBe(false);
    expect(matchesKey(press("r", { metaKey: true }), "r")).toBe(false);
    expect(matchesKey(press("n", { altKey: true }), "n")).toBe(false);
  });

  it("takes ⌘ and Ctrl for mod", () => {
    expect(matchesKey(press("Enter", { metaKey: true }), "mod+Enter")).toBe(true);
    expect(matchesKey(press("Enter", { ctrlKey: true }), "mod+Enter")).toBe(true);
    expect(matchesKey(press("Enter"), "mod+Enter")).toBe(false);
  });

  it("takes ⌥ or Alt for alt, and nothing beside it", () => {
    expect(matchesKey(press("Enter", { altKey: true }), "alt+Enter")).toBe(true);
    expect(matchesKey(press("Enter", { altKey: true, ctrlKey: true }), "alt+Enter")).toBe(false);
    expect(matchesKey(press("Enter"), "alt+Enter")).toBe(false);
    expect(matchesKey(press("Enter", { altKey: true, ctrlKey: true }), "mod+Enter")).toBe(false);
  });

  it("does not take keys of an unfinished character", () => {
    expect(matchesKey(press("e", { isComposing: true }), "e")).toBe(false);
  });
});

describe("takesText", () => {
  it.each(["input", "textarea", "select"])("a letter typed in a %s belongs to it", (tag) => {
    expect(takesText(document.createElement(tag))).toBe(true);
  });

  it("an open dialog or menu keeps its letters", () => {
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    const button = dialog.appendChild(document.createElement("button"));
    expect(takesText(button)).toBe(true);
    expect(takesText(document.createElement("button"))).toBe(false);
    expect(takesText(null)).toBe(false);
  });
});

it("keyCaps prints keys as this computer names them", () => {
  expect(keyCaps("mod+Enter", true)).toEqual(["⌘", "↵"]);
  expect(keyCaps("mod+Enter", false)).toEqual(["Ctrl", "↵"]);
  expect(keyCaps("alt+Enter", true)).toEqual(["⌥", "↵"]);
  expect(keyCaps("alt+Enter", false)).toEqual(["Alt", "↵"]);
  expect(keyCaps("e", false)).toEqual(["E"]);
});

it("inPrintOrder prints what moves before what acts, and the key to all of them last", () => {
  const printed = inPrintOrder(["q", "?", "e", "r", "j"].map((key) => ({ key, label: key })));
  expect(printed.map(({ key }) => key)).toEqual(["j", "r", "e", "q", "?"]);
});
