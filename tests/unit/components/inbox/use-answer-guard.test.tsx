import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { MessageRow } from "@/components/hooks/rows";
import { doubtOf } from "@/components/inbox/send-question";
import { useAnswerGuard } from "@/components/inbox/use-answer-guard";
import { messageRow } from "./rows";

afterEach(cleanup);

const answer = (sequence: number, senderOperatorId: string, senderName: string): MessageRow =>
  messageRow(sequence, { role: "operator", senderOperatorId: senderOperatorId as never, senderName });

function open(rows: MessageRow[] | undefined, isWriting = false) {
  const view = renderHook(({ rows, isWriting }) => useAnswerGuard(rows, "me", isWriting), {
    initialProps: { rows, isWriting },
  });
  return {
    state: () => view.result.current,
    next: (rows: MessageRow[] | undefined, isWriting: boolean) => view.rerender({ rows, isWriting }),
  };
}

it("misses an answer that comes while one writes, until it is read", () => {
  const { state, next } = open([]);
  next([], true);
  next([answer(2, "bo", "Bo")], true);
  expect(state().missed).toMatchObject({ name: "Bo", sequence: 2 });
  expect(state().expectedSequence).toBe(0);
  expect(doubtOf(state(), [])).toContain("Bo answered at");
  act(() => state().read());
  expect(state().missed).toBeNull();
  expect(state().expectedSequence).toBe(2);
});

it("takes what was there before one began as seen, also for a draft of earlier", () => {
  const { state, next } = open(undefined, true);
  expect(state().expectedSequence).toBeUndefined();
  next([answer(2, "bo", "Bo")], true);
  expect(state().expectedSequence).toBe(2);
  expect(state().missed).toBeNull();
  next([answer(2, "bo", "Bo"), answer(3, "bo", "Bo")], false);
  next([answer(2, "bo", "Bo"), answer(3, "bo", "Bo")], true);
  expect(state()).toMatchObject({ missed: null, expectedSequence: 3 });
});

it("knows an answer again that a merge has moved, and misses one that came with it", () => {
  const moved = { ...answer(5, "bo", "Bo"), _id: answer(2, "bo", "Bo")._id };
  const { state, next } = open([answer(2, "bo", "Bo")]);
  next([answer(2, "bo", "Bo")], true);
  next([moved], true);
  expect(state()).toMatchObject({ missed: null, expectedSequence: 5 });
  next([moved, answer(6, "cy", "Cy")], true);
  expect(state()).toMatchObject({ missed: { name: "Cy" }, expectedSequence: 5 });
});

it("does not miss one's own answer from another tab", () => {
  const { state, next } = open([]);
  next([answer(2, "me", "Me")], true);
  expect(state().missed).toBeNull();
});

it("doubts while a colleague writes too", () => {
  const viewer = { operatorId: "bo" as never, name: "Bo", isWriting: true };
  expect(doubtOf({ missed: null }, [viewer])).toBe("Bo is writing a reply too.");
  expect(doubtOf({ missed: null }, [{ ...viewer, isWriting: false }])).toBeNull();
});
