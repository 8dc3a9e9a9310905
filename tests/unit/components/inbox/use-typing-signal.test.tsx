import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useTypingSignal } from "@/components/hooks/use-thread";
import { TYPING_MS } from "@/lib/limits";

const told: boolean[] = [];
vi.mock("convex/react", () => {
  const setTyping = ({ isTyping }: { isTyping: boolean }) => {
    told.push(isTyping);
    return Promise.resolve(null);
  };
  return { useMutation: () => setTyping, useQueries: () => ({}) };
});
vi.mock("@/components/session/session-provider", () => ({ useSession: () => ({ sessionToken: "t" }) }));

beforeEach(() => {
  told.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const draft = (reply: string) =>
  renderHook(({ reply }) => useTypingSignal("c", reply), { initialProps: { reply } });

test("says nothing of a draft that was there before", () => {
  const { rerender } = draft("from yesterday");
  rerender({ reply: "from yesterday" });
  expect(told).toEqual([]);
});

test("is given at the first letter, renewed now and then, and taken back with the text", () => {
  const { rerender } = draft("");
  for (const reply of ["H", "He", "Hel"]) rerender({ reply });
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(TYPING_MS / 2);
  rerender({ reply: "Hell" });
  rerender({ reply: "Hello" });
  expect(told).toEqual([true, true]);
  rerender({ reply: "" });
  expect(told).toEqual([true, true, false]);
  rerender({ reply: "A" });
  expect(told).toEqual([true, true, false, true]);
});
