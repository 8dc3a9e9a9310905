import { beforeEach, describe, expect, it } from "vitest";
import { EMPTY_DRAFT, readDraft, restoreText, writeDraft } from "@/components/inbox/drafts";

describe("drafts", () => {
  beforeEach(() => localStorage.clear());

  it("are kept per operator and conversation", () => {
    writeDraft(localStorage, "o1", "c1", { mode: "note", reply: "half a sen", note: "ask Tomás" });
    expect(readDraft(localStorage, "o1", "c1")).toEqual({
      mode: "note",
      reply: "half a sen",
      note: "ask Tomás",
    });
    expect(readDraft(localStorage, "o2", "c1")).toEqual(EMPTY_DRAFT);
    expect(readDraft(localStorage, "o1", "c2")).toEqual(EMPTY_DRAFT);
  });

  it("leave nothing behind when empty", () => {
    writeDraft(localStorage, "o1", "c1", { mode: "reply", reply: "x", note: "" });
    writeDraft(localStorage, "o1", "c1", { mode: "note", reply: "", note: "" });
    expect(localStorage.length).toBe(0);
  });

  it.each(["not json", "null", "7", '{"reply":7}'])("read as empty when the stored text is %s", (stored) => {
    localStorage.setItem("praxtalk:draft:o1:c1", stored);
    expect(readDraft(localStorage, "o1", "c1")).toEqual(EMPTY_DRAFT);
  });
});

describe("restoreText", () => {
  it("puts a refused text back into an empty box and shows its mode", () => {
    expect(restoreText(EMPTY_DRAFT, "note", "refused")).toEqual({ mode: "note", reply: "", note: "refused" });
  });

  it("keeps what was written since, below it", () => {
    const draft = { ...EMPTY_DRAFT, reply: "newer" };
    expect(restoreText(draft, "reply", "refused").reply).toBe("refused\n\nnewer");
  });

  it("does not add the same text twice", () => {
    const once = restoreText(EMPTY_DRAFT, "reply", "refused");
    expect(restoreText(once, "reply", "refused")).toEqual(once);
  });
});
