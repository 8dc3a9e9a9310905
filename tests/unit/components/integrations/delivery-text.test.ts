import { describe, expect, it } from "vitest";
import {
  answerText,
  attemptSentence,
  deliveryHeadline,
  whatNext,
} from "@/components/integrations/log/delivery-text";
import { MINUTE, NOW, SCHEDULE, attempt, clock, delivery } from "./rows";

const failures = (count: number) =>
  Array.from({ length: count }, (_, index) => attempt(index + 1, "http_5xx", { httpStatus: 503 }));

describe("deliveryHeadline", () => {
  it.each([
    [delivery({ status: "pending", attemptRows: [] }), "Waiting to be sent."],
    [delivery({ attemptRows: failures(1) }), "One attempt failed."],
    [delivery({ attemptRows: failures(4) }), "Four attempts failed."],
    [
      delivery({ status: "failed", state: "ended", attemptRows: failures(6) }),
      "Given up: all six attempts failed.",
    ],
    [
      delivery({ status: "failed", state: "ended", attemptRows: failures(1) }),
      "It failed, and is not tried again.",
    ],
    [delivery({ state: "sending", attemptRows: [attempt(1, "sending")] }), "Sending now."],
    [
      delivery({ state: "sending", attemptRows: [...failures(4), attempt(5, "sending")] }),
      "Sending now, attempt 5.",
    ],
    [
      delivery({ status: "delivered", state: "ended", attemptRows: [attempt(1, "delivered")] }),
      "Delivered by the first attempt.",
    ],
    [
      delivery({
        status: "delivered",
        state: "ended",
        attemptRows: [...failures(1), attempt(2, "delivered")],
      }),
      "Delivered by attempt 2.",
    ],
    [delivery({ status: "skipped", state: "ended" }), "Not sent: the endpoint was disabled."],
    [delivery({ status: "canceled", state: "ended" }), "Not sent: the endpoint was deleted."],
  ])("%#: says what became of it", (row, words) => {
    expect(deliveryHeadline(row)).toBe(words);
  });
});

describe("attemptSentence", () => {
  const refused = (replyExcerpt: string) =>
    attemptSentence(attempt(1, "http_5xx", { httpStatus: 503, replyExcerpt }));

  it("quotes what the endpoint said, in one line", () => {
    expect(refused(" upstream\n timed out ")).toBe("The endpoint answered 503 with “upstream timed out”.");
    expect(refused("x".repeat(81))).toBe(`The endpoint answered 503 with “${"x".repeat(80)}…”.`);
  });

  it("quotes neither markup nor nothing", () => {
    expect(refused("<html><b>no</b>")).toBe("The endpoint answered 503.");
    expect(refused("  ")).toBe("The endpoint answered 503.");
  });

  it("says how long a good answer took", () => {
    expect(attemptSentence(attempt(1, "delivered", { httpStatus: 204 }))).toBe(
      "The endpoint answered 204 in 81 ms.",
    );
  });
});

describe("whatNext", () => {
  const next = (attempts: number) =>
    whatNext(delivery({ attempts, nextRetryAt: NOW + 59 * MINUTE }), SCHEDULE, clock);

  it("names the next try and the last one", () => {
    expect(next(1)).toBe(
      "PraxTalk tries again at 15:07 and, if need be, four more times until 22:19. Nothing is lost until then.",
    );
    expect(next(4)).toBe(
      "PraxTalk tries again at 15:07 and, if need be, at 21:07. Nothing is lost until then.",
    );
    expect(next(5)).toBe("PraxTalk tries a last time at 15:07.");
  });

  it("names the day when it is another", () => {
    const late = { ...clock, now: NOW - 20 * 60 * MINUTE };
    expect(whatNext(delivery({ attempts: 5, nextRetryAt: NOW }), SCHEDULE, late)).toBe(
      "PraxTalk tries a last time on 19 Nov, 14:08.",
    );
  });

  it("says what a person can do where nothing comes by itself", () => {
    expect(whatNext(delivery({ status: "failed", state: "ended" }), SCHEDULE, clock)).toContain(
      "Retry it once",
    );
    expect(whatNext(delivery({ status: "skipped", state: "ended" }), SCHEDULE, clock)).toContain("replay");
    expect(whatNext(delivery({ status: "delivered", state: "ended" }), SCHEDULE, clock)).toBeNull();
    expect(whatNext(delivery({ state: "sending", nextRetryAt: NOW }), SCHEDULE, clock)).toBeNull();
  });
});

it.each([
  [{ httpStatus: 503, error: "http_5xx" }, "503"],
  [{ error: "response_timeout" }, "No answer"],
  [{}, "none yet"],
])("answerText of %j is %s", (answer, words) => {
  expect(answerText(answer)).toBe(words);
});
