import { describe, expect, it } from "vitest";
import { actionText } from "@/components/settings/settings-text";

describe("words of the settings", () => {
  it("name a kind of change as people say it", () => {
    expect(actionText("api_key.created")).toBe("API key created");
    expect(actionText("webhook.secret_rotated")).toBe("Webhook secret rotated");
    expect(actionText("person.erased")).toBe("Person erased");
  });
});
