import { beforeEach, describe, expect, it } from "vitest";
import { forgetStored } from "@/components/hooks/browser-store";
import {
  draftPrefix,
  EMPTY_DRAFT,
  joinDrafts,
  readUnsaved,
  restoreText,
  withText,
  writeUnsaved,
} from "@/components/inbox/drafts";

describe("what is not saved yet", () => {
  beforeEach(() => localStorage.clear());
  const unsaved = { draft: { mode: "note" as const, reply: "half a sen", note: "ask Tomás" }, base: 7 };

  it("is kept per operator and conversation", () => {
    writeUnsaved(localStorage, "o1", "c1", unsaved);
    expect(readUnsaved(localStorage, "o1", "c1")).toEqual(unsaved);
    expect(readUnsaved(localStorage, "o2", "c1")).toBeNull();
    expect(readUnsaved(localStorage, "o1", "c2")).toBeNull();
  });

  it("knows an emptied draft from none", () => {
    writeUnsaved(localStorage, "o1", "c1", { draft: EMPTY_DRAFT, base: null });
    expect(readUnsaved(localStorage, "o1", "c1")).toEqual({ draft: EMPTY_DRAFT, base: null });
    writeUnsaved(localStorage, "o1", "c1", null);
    expect(localStorage.length).toBe(0);
  });

  it("of an operator is forgotten without touching anybody else's", () => {
    writeUnsaved(localStorage, "o1", "c1", unsaved);
    writeUnsaved(localStorage, "o1", "c2", unsaved);
    writeUnsaved(localStorage, "o2", "c1", unsaved);
    forgetStored(draftPrefix("o1"));
    expect(Object.keys(localStorage)).toEqual(["praxtalk:draft:o2:c1"]);
  });

  it.each(["not json", "null", "7"])("is nothing when the stored text is %s", (stored) => {
    localStorage.setItem("praxtalk:draft:o1:c1", stored);
    expect(readUnsaved(localStorage, "o1", "c1")).toBeNull();
  });

  it("is empty where the stored text has other fields", () => {
    localStorage.setItem("praxtalk:draft:o1:c1", '{"reply":7,"base":"x"}');
    expect(readUnsaved(localStorage, "o1", "c1")).toEqual({ draft: EMPTY_DRAFT, base: undefined });
  });
});

describe("joinDrafts", () => {
  it("keeps both texts of each kind, the later one below and in its mode", () => {
    const earlier = { mode: "note" as const, reply: "One", note: "A" };
    expect(joinDrafts(earlier, { mode: "reply", reply: "Two", note: "" })).toEqual({
      mode: "reply",
      reply: "One\n\nTwo",
      note: "A",
    });
  });

  it("takes a text that goes on from the other once", () => {
    const earlier = { ...EMPTY_DRAFT, reply: "Hel" };
    expect(joinDrafts(earlier, { ...EMPTY_DRAFT, reply: "Hello" }).reply).toBe("Hello");
  });
});

describe("restoreText", () => {
  it("puts a refused text back into an empty box and shows its mode", () => {
    expect(restoreText(EMPTY_DRAFT, { mode: "note", text: "refused" })).toEqual({
      mode: "note",
      reply: "",
      note: "refused",
    });
  });

  it("keeps what was written since, below it", () => {
    const draft = { ...EMPTY_DRAFT, reply: "newer" };
    expect(restoreText(draft, { mode: "reply", text: "refused" }).reply).toBe("refused\n\nnewer");
  });

  it("does not add the same text twice", () => {
    const once = restoreText(EMPTY_DRAFT, { mode: "reply", text: "refused" });
    expect(restoreText(once, { mode: "reply", text: "refused" })).toEqual(once);
  });
});

describe("a reply that began as a draft of Atlas", () => {
  const begun = { ...EMPTY_DRAFT, reply: "Thirty days.", runId: "r1" };

  it("is one until it is emptied, whatever is written in a note", () => {
    expect(withText(begun, "reply", "Thirty days!").runId).toBe("r1");
    expect(withText(begun, "note", "Ask").runId).toBe("r1");
    expect(withText(begun, "note", "").runId).toBe("r1");
    expect(withText(begun, "reply", "")).toEqual(EMPTY_DRAFT);
  });

  it("is one again when it is refused, and after a reload", () => {
    const { reply: text, runId } = begun;
    expect(restoreText(EMPTY_DRAFT, { mode: "reply", text, runId })).toEqual(begun);
    expect(joinDrafts(begun, { ...EMPTY_DRAFT, reply: "And more" }).runId).toBe("r1");
    writeUnsaved(localStorage, "o1", "c9", { draft: begun, base: 3 });
    expect(readUnsaved(localStorage, "o1", "c9")).toEqual({ draft: begun, base: 3 });
  });
});
