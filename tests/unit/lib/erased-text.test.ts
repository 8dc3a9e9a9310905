import { describe, expect, it } from "vitest";
import { erasedText } from "../../../lib/erased-text";

describe("what was deleted, in words", () => {
  it("counts each kind, and leaves out what there was not", () => {
    const none = {
      people: 0,
      conversations: 0,
      messages: 0,
      files: 0,
      leads: 0,
      events: 0,
      notifications: 0,
    };
    expect(erasedText({ ...none, people: 1, messages: 14, leads: 1 })).toBe("1 person, 14 messages, 1 lead");
    expect(erasedText({ ...none, people: 2, events: 1 })).toBe("2 people, 1 event of the feed");
  });
});
