import { act, renderHook, waitFor } from "@testing-library/react";
import { ConvexError } from "convex/values";
import { beforeEach, expect, test, vi } from "vitest";
import { OutboxProvider, useOutbox } from "@/components/hooks/use-outbox";
import { readOutbox } from "@/components/inbox/outbox";

let failure: Error;
const told: string[] = [];
vi.mock("convex/react", () => {
  const send = () => Promise.reject(failure);
  return { useMutation: () => send };
});
const session = { operator: { _id: "o" }, sessionToken: "t", renew: () => Promise.resolve(null) };
vi.mock("@/components/session/session-provider", () => ({ useSession: () => session }));
vi.mock("@/components/ui/toaster", () => ({ toastFailure: (text: string) => void told.push(text) }));

const stored = () => readOutbox(localStorage, "o").map(({ body }) => body);
const refuse = (code: string) => {
  failure = new ConvexError({ code, message: "Refused." });
  const outbox = renderHook(useOutbox, { wrapper: OutboxProvider }).result;
  act(() => outbox.current.send("c", { body: "hello", internal: false }));
  return outbox;
};

beforeEach(() => {
  localStorage.clear();
  told.length = 0;
});

test("a refused message is kept until the composer has taken its text back", async () => {
  const outbox = refuse("VALIDATION");
  await waitFor(() => expect(outbox.current.refused.get("c")?.reason).toBe("Refused."));
  expect(stored()).toEqual(["hello"]);
  act(() => outbox.current.takeBack(outbox.current.refused.get("c")!));
  expect(stored()).toEqual([]);
});

test("one whose conversation is gone has no composer to go back to: it is told of and forgotten", async () => {
  const outbox = refuse("NOT_FOUND");
  await waitFor(() => expect(told).toHaveLength(1));
  expect(stored()).toEqual([]);
  expect(outbox.current.waiting).toEqual([]);
});

test("one without a session is kept for the page after the next login", async () => {
  const outbox = refuse("UNAUTHENTICATED");
  await act(async () => {});
  expect(stored()).toEqual(["hello"]);
  expect(outbox.current.waiting).toHaveLength(1);
});
