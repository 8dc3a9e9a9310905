import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useSyncedDraft, type RemoteDraft } from "@/components/hooks/use-draft";
import { readUnsaved, writeUnsaved, type Draft } from "@/components/inbox/drafts";

const WHERE = { operatorId: "o1", conversationId: "c1" };
const reply = (text: string): Draft => ({ mode: "reply", reply: text, note: "" });
const remoteReply = (text: string, updatedAt: number) => ({ ...reply(text), updatedAt });

/** A server whose answers the test gives one by one. */
class Server {
  saves: { draft: Draft; answer: (updatedAt: number | null) => void; refuse: () => void }[] = [];
  save = (draft: Draft) =>
    new Promise<number | null>((resolve, reject) => {
      this.saves.push({ draft, answer: resolve, refuse: () => reject(new Error("refused")) });
    });
}

let server: Server;
beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new Server();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function open(remote: RemoteDraft) {
  const view = renderHook(({ remote }) => useSyncedDraft(WHERE, remote, server.save), {
    initialProps: { remote },
  });
  const shown = () => view.result.current.draft;
  return {
    ...view,
    shown,
    receive: (next: RemoteDraft) => view.rerender({ remote: next }),
    type: (text: string) => act(() => view.result.current.change((draft) => ({ ...draft, reply: text }))),
    pause: () =>
      act(() => {
        vi.runAllTimers();
      }),
    answer: (updatedAt: number | null) => act(async () => server.saves.at(-1)?.answer(updatedAt)),
  };
}
const held = () => readUnsaved(localStorage, "o1", "c1");

describe("a draft", () => {
  it("stays in note mode from the first letter on: a note must never turn into a reply", () => {
    const { result, shown } = open(null);
    act(() => result.current.change((draft) => ({ ...draft, mode: "note" })));
    act(() => result.current.change((draft) => ({ ...draft, note: "F" })));
    expect(shown()).toEqual({ mode: "note", reply: "", note: "F" });
  });

  it("builds each change on the one before, however fast they come", () => {
    const { result, shown } = open(null);
    act(() => {
      for (const letter of "fast")
        result.current.change((draft) => ({ ...draft, reply: draft.reply + letter }));
    });
    expect(shown().reply).toBe("fast");
  });

  it("is saved once after a pause, and held here until the server has it", async () => {
    const view = open(null);
    view.type("H");
    view.type("Hello");
    expect(server.saves).toHaveLength(0);
    expect(held()).toEqual({ draft: reply("Hello"), base: null });
    view.pause();
    expect(server.saves.map(({ draft }) => draft.reply)).toEqual(["Hello"]);
    expect(held()).not.toBeNull();
    await view.answer(5);
    expect(held()).toBeNull();
  });

  it("typed on while it is saved is saved again, and not replaced by what comes back", async () => {
    const view = open(null);
    view.type("Hel");
    view.pause();
    view.type("Hello");
    view.receive(remoteReply("Hel", 5));
    await view.answer(5);
    expect(view.shown().reply).toBe("Hello");
    expect(held()).toEqual({ draft: reply("Hello"), base: 5 });
    view.pause();
    expect(server.saves.map(({ draft }) => draft.reply)).toEqual(["Hel", "Hello"]);
    await view.answer(6);
    expect(held()).toBeNull();
  });

  it("shows what another tab saves, and its end, while nothing is unsaved here", () => {
    const view = open(remoteReply("one", 1));
    expect(view.shown().reply).toBe("one");
    view.receive(remoteReply("one two", 2));
    expect(view.shown().reply).toBe("one two");
    view.receive(null);
    expect(view.shown().reply).toBe("");
  });

  it("being written wins over what another tab saves", async () => {
    const view = open(remoteReply("one", 1));
    view.type("mine");
    view.receive(remoteReply("theirs", 2));
    expect(view.shown().reply).toBe("mine");
    view.pause();
    expect(server.saves.at(-1)?.draft.reply).toBe("mine");
    view.receive(remoteReply("theirs again", 9));
    await view.answer(8);
    expect(view.shown().reply).toBe("theirs again");
  });

  it("that was sent does not come back by an old answer", async () => {
    const view = open(remoteReply("sent", 1));
    view.type("");
    view.pause();
    await view.answer(null);
    expect(view.shown().reply).toBe("");
    view.receive(null);
    expect(view.shown().reply).toBe("");
  });

  it("begun before the server's was known keeps both", () => {
    const view = open(undefined);
    view.type("typed early");
    view.pause();
    expect(server.saves).toHaveLength(0);
    view.receive(remoteReply("saved before", 3));
    expect(view.shown().reply).toBe("saved before\n\ntyped early");
    view.pause();
    expect(server.saves.at(-1)?.draft.reply).toBe("saved before\n\ntyped early");
  });

  it("left unsaved by an earlier page goes on where the server's has not changed since", () => {
    writeUnsaved(localStorage, "o1", "c1", { draft: reply("newer"), base: 3 });
    const view = open(remoteReply("older", 3));
    expect(view.shown().reply).toBe("newer");
    view.pause();
    expect(server.saves.at(-1)?.draft.reply).toBe("newer");
  });

  it("left unsaved by an earlier page is joined with what was saved elsewhere since", () => {
    writeUnsaved(localStorage, "o1", "c1", { draft: reply("offline"), base: 3 });
    expect(open(remoteReply("elsewhere", 4)).shown().reply).toBe("elsewhere\n\noffline");
  });

  it("is saved at once when the operator turns to something else or leaves the conversation", async () => {
    const view = open(null);
    view.type("one");
    act(() => view.result.current.flush());
    expect(server.saves).toHaveLength(1);
    await view.answer(1);
    view.type("two");
    view.unmount();
    expect(server.saves.map(({ draft }) => draft.reply)).toEqual(["one", "two"]);
  });

  it("stays here when the server refuses it, and is tried again with the next key", async () => {
    const view = open(null);
    view.type("x");
    view.pause();
    await act(async () => server.saves[0]?.refuse());
    expect(held()).not.toBeNull();
    view.type("xy");
    view.pause();
    expect(server.saves).toHaveLength(2);
  });
});
