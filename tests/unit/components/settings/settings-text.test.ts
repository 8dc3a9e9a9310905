import { describe, expect, it } from "vitest";
import { actionText, erasedText } from "@/components/settings/settings-text";

describe("words of the settings", () => {
  it("name a kind of change as people say it", () => {
    expect(actionText("api_key.created")).toBe("API key created");
    expect(actionText("webhook.secret_rotated")).toBe("Webhook secret rotated");
    expect(actionText("person.erased")).toBe("Person erased");
  });

  it("count what was erased, and leave out what there was not", () => {
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
