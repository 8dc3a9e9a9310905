import { describe, expect, it } from "vitest";
import { deviceText } from "@/components/format/device";

const mozilla = (rest: string) => `Mozilla/5.0 ${rest}`;
const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("a device in words", () => {
  it.each([
    [mozilla("(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux"],
    [mozilla(`(Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36`), "Chrome on Windows"],
    [
      mozilla(`(Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`),
      "Edge on Windows",
    ],
    [mozilla("(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605"), "Safari on macOS"],
    [
      mozilla("(iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/140 Safari/604"),
      "Chrome on iPhone",
    ],
    [
      mozilla(`(Linux; Android 15) ${webkit} SamsungBrowser/28 Chrome/130 Mobile Safari/537`),
      "Samsung Internet on Android",
    ],
    ["curl/8.5.0", "curl"],
    ["  ", "A program"],
    [undefined, "A program"],
  ])("of %s", (userAgent, words) => {
    expect(deviceText(userAgent)).toBe(words);
  });
});
