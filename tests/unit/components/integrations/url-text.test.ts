import { describe, expect, it } from "vitest";
import { hostOf, splitUrl, urlProblem } from "@/components/integrations/endpoints/url-text";

describe("urlProblem", () => {
  it("takes what the server may take", () => {
    expect(urlProblem(" https://erp.example/in ", false)).toBeNull();
    expect(urlProblem("http://127.0.0.1:4199/", true)).toBeNull();
  });

  it.each([
    ["", "Enter the URL"],
    ["erp.example/in", "with https:// at its start"],
    ["https://", "with https:// at its start"],
    ["ftp://erp.example", "with https:// at its start"],
    ["HTTP://erp.example", "Use https"],
  ])("says what is wrong with %j", (text, words) => {
    expect(urlProblem(text, false)).toContain(words);
  });
});

it("a URL is told by its host, or without its scheme", () => {
  expect(hostOf("https://erp.example:8443/in?x=1")).toBe("erp.example:8443");
  expect(hostOf("nonsense")).toBe("nonsense");
  expect(splitUrl("https://erp.example/in")).toEqual({ scheme: "https://", rest: "erp.example/in" });
  expect(splitUrl("nonsense")).toEqual({ scheme: "", rest: "nonsense" });
});
