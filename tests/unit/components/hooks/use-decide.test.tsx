import { renderHook } from "@testing-library/react";
import { ConvexError } from "convex/values";
import { expect, test, vi } from "vitest";
import { useDecide } from "@/components/hooks/use-decide";

let failure: Error;
const told: string[] = [];
vi.mock("convex/react", () => {
  const mutation = { withOptimisticUpdate: () => () => Promise.reject(failure) };
  return { useMutation: () => mutation };
});
vi.mock("@/components/session/session-provider", () => ({ useSession: () => ({ sessionToken: "t" }) }));
vi.mock("@/components/ui/toaster", () => ({
  toastFailure: (text: string) => void told.push(text),
  toastWithUndo: (text: string) => void told.push(text),
}));

test("a decision that was refused says why, and one that failed otherwise that it can be tried again", async () => {
  const { result } = renderHook(() => useDecide());
  const decide = () => result.current(["c"], { kind: "snooze", until: 1 }, () => "Snoozed.");
  failure = new ConvexError({ code: "VALIDATION", message: "Choose a time to come." });
  await decide();
  failure = new Error("Server Error");
  await decide();
  expect(told).toEqual([
    "Nothing changed. Choose a time to come.",
    "Nothing changed. The server could not take it. Try again.",
  ]);
});
