import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { getFunctionName } from "convex/server";
import { ConvexError } from "convex/values";
import type { FunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OutboxProvider, useOutbox } from "@/components/hooks/use-outbox";
import { addToOutbox, readOutbox } from "@/components/inbox/outbox";

type Call = { name: string; args: Record<string, unknown> };
const calls: Call[] = [];
/** What the server makes of the next call; it takes all others. */
let refuse: ConvexError<{ code: string; message: string; field?: string }> | null = null;
const OPERATOR = "o1";

vi.mock("convex/react", () => ({
  useMutation: (reference: FunctionReference<"mutation">) => (args: Record<string, unknown>) => {
    calls.push({ name: getFunctionName(reference), args });
    const refused = refuse;
    refuse = null;
    return refused === null ? Promise.resolve("m1") : Promise.reject(refused);
  },
}));
const session = { sessionToken: "t", operator: { _id: "o1" }, renew: () => Promise.resolve(null) };
vi.mock("@/components/session/session-provider", () => ({ useSession: () => session }));

beforeEach(() => {
  calls.length = 0;
  localStorage.clear();
});
afterEach(cleanup);

const open = () => renderHook(useOutbox, { wrapper: OutboxProvider });
const stored = () => readOutbox(localStorage, OPERATOR);
const reply = { body: "Thirty days.", internal: false, expectedSequence: 2 };

describe("a reply", () => {
  test("of one's own is sent as a message", async () => {
    const { result } = open();
    result.current.send("c1", reply);
    await waitFor(() => expect(stored()).toEqual([]));
    expect(calls).toEqual([
      { name: "messages:send", args: expect.objectContaining({ conversationId: "c1", ...reply }) as object },
    ]);
  });

  test("from a draft of Atlas is sent as that", async () => {
    const { result } = open();
    result.current.send("c1", { ...reply, runId: "r1" });
    await waitFor(() => expect(stored()).toEqual([]));
    const { clientMessageId } = calls[0]!.args;
    expect(calls).toEqual([
      {
        name: "atlas:acceptSuggestion",
        args: { sessionToken: "t", runId: "r1", body: reply.body, expectedSequence: 2, clientMessageId },
      },
    ]);
    expect(clientMessageId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("that outlives its page is sent in the same way, under the same id", async () => {
    const entry = { ...reply, clientMessageId: "kept", conversationId: "c1", runId: "r1", at: 1 };
    addToOutbox(localStorage, OPERATOR, entry);
    open();
    await waitFor(() => expect(stored()).toEqual([]));
    expect(calls).toMatchObject([
      { name: "atlas:acceptSuggestion", args: { runId: "r1", clientMessageId: "kept" } },
    ]);
  });
});

describe("a draft that is refused", () => {
  const refused = async (field: string) => {
    refuse = new ConvexError({ code: "CONFLICT", message: "Read first.", field });
    const { result } = open();
    result.current.send("c1", { ...reply, runId: "r1" });
    return await waitFor(() => {
      const refusal = result.current.refused.get("c1");
      expect(refusal).toBeDefined();
      return refusal!;
    });
  };

  test("as a draft comes back as a text of its own, with the reason", async () => {
    const { entry, reason } = await refused("runId");
    expect(reason).toBe("Read first.");
    expect(entry.body).toBe(reply.body);
    expect(entry).not.toHaveProperty("runId");
    // Whoever leaves before it is back in a box finds it again.
    expect(stored()).toMatchObject([{ body: reply.body, runId: "r1" }]);
  });

  test("for another reason is still the draft", async () => {
    expect((await refused("expectedSequence")).entry.runId).toBe("r1");
  });

  test("since its run is gone goes out as a message, under the same id", async () => {
    refuse = new ConvexError({ code: "NOT_FOUND", message: "Gone.", field: "runId" });
    const { result } = open();
    result.current.send("c1", { ...reply, runId: "r1" });
    await waitFor(() => expect(stored()).toEqual([]));
    expect(calls.map(({ name }) => name)).toEqual(["atlas:acceptSuggestion", "messages:send"]);
    expect(calls[1]?.args).toMatchObject({
      body: reply.body,
      clientMessageId: calls[0]?.args.clientMessageId,
    });
  });
});
