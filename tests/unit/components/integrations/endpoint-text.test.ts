import { describe, expect, it } from "vitest";
import {
  attentionText,
  endpointState,
  missedSince,
  missedText,
  needsAttention,
  retryPromise,
  scheduleText,
  stateNote,
} from "@/components/integrations/endpoints/endpoint-text";
import { MINUTE, NOW, SCHEDULE, clock, endpoint } from "./rows";

const failing = (consecutiveFailures: number) =>
  endpoint({ health: { failingSince: NOW - 11 * MINUTE, consecutiveFailures } });
const disabled = (disabledReason: "operator" | "gone" | "failing") =>
  endpoint({ enabled: false, disabledReason, disabledAt: NOW - MINUTE });

describe("the state of an endpoint", () => {
  it("is a word, and a sentence where there is more to say", () => {
    expect([endpointState(endpoint()), stateNote(endpoint(), clock)]).toEqual(["enabled", null]);
    expect([endpointState(failing(4)), stateNote(failing(4), clock)]).toEqual([
      "failing",
      "Failing since 13:57: the last 4 attempts failed.",
    ]);
    expect(stateNote(failing(1), clock)).toBe("Failing since 13:57: the last attempt failed.");
    expect(stateNote(endpoint({ lane: "slow" }), clock)).toContain("answers slowly");
  });

  it.each([
    ["operator", "Disabled at 14:07. What"],
    ["gone", "it answered 410"],
    ["failing", "nothing reached it"],
  ] as const)("says why it is disabled: %s", (reason, words) => {
    expect(endpointState(disabled(reason))).toBe("disabled");
    expect(stateNote(disabled(reason), clock)).toContain(words);
  });
});

describe("what the banner tells of", () => {
  it("is what PraxTalk disabled, and what failed several times in a row", () => {
    expect([endpoint(), failing(2), disabled("operator")].map(needsAttention)).toEqual([false, false, false]);
    expect([failing(3), disabled("gone"), disabled("failing")].map(needsAttention)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("names one endpoint, and counts several", () => {
    expect(attentionText([failing(3)], clock)).toBe("erp.nordhavn.example is failing since 13:57.");
    expect(attentionText([disabled("gone")], clock)).toBe("erp.nordhavn.example was disabled at 14:07.");
    expect(attentionText([failing(3), disabled("gone")], clock)).toBe(
      "1 endpoint is failing, 1 was disabled.",
    );
    expect(attentionText([disabled("gone"), disabled("failing")], clock)).toBe("2 endpoints were disabled.");
    expect(attentionText([failing(3), failing(9)], clock)).toBe("2 endpoints are failing.");
  });
});

it("retries are told as they are set", () => {
  expect(retryPromise(SCHEDULE)).toBe("A failed one is tried 6 times over 7 h 12 min.");
  expect(scheduleText(SCHEDULE)).toBe("30 s, 2 min, 10 min, 1 h, 6 h");
});

describe("what an endpoint missed", () => {
  it("began when it was disabled, or when it began to fail before that, with what still waited then", () => {
    const { disabledAt = 0 } = disabled("operator");
    expect(missedSince(disabled("operator"), NOW)).toBe(disabledAt - MINUTE);
    const before = { ...disabled("gone"), health: failing(3).health };
    expect(missedSince(before, NOW)).toBe(NOW - 12 * MINUTE);
    expect(missedSince(endpoint(), NOW)).toBe(NOW - MINUTE);
  });

  it.each([
    [{ count: 1, isMore: false }, "1 delivery failed or was skipped"],
    [{ count: 12, isMore: false }, "12 deliveries failed or were skipped"],
    [{ count: 1000, isMore: true }, "More than 1,000 deliveries failed or were skipped"],
  ])("is counted: %j", (missed, words) => {
    expect(missedText(missed)).toBe(words);
  });
});
