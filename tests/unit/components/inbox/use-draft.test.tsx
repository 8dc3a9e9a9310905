import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useDraft } from "@/components/hooks/use-draft";

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const open = () => renderHook(() => useDraft("o1", "c1"));

it("stays in note mode from the first letter on: a note must never turn into a reply", () => {
  const { result } = open();
  act(() => result.current[1]((draft) => ({ ...draft, mode: "note" })));
  act(() => result.current[1]((draft) => ({ ...draft, note: "F" })));
  expect(result.current[0]).toEqual({ mode: "note", reply: "", note: "F" });
});

it("builds each change on the one before, however fast they come", () => {
  const { result } = open();
  act(() => {
    for (const letter of "fast") result.current[1]((draft) => ({ ...draft, reply: draft.reply + letter }));
  });
  expect(result.current[0].reply).toBe("fast");
});

it("is there again when the conversation is opened again", () => {
  const first = open();
  act(() => first.result.current[1]((draft) => ({ ...draft, reply: "half a sen" })));
  first.unmount();
  expect(open().result.current[0].reply).toBe("half a sen");
});
