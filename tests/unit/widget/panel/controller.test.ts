import { beforeEach, describe, expect, test, vi } from "vitest";
import { FORM_OPEN_MIN_MS } from "@/lib/limits";
import { Controller } from "@/widget/panel/controller";
import { english } from "@/widget/panel/texts";
import {
  INPUT,
  OPTIONS,
  RATE_LIMITED,
  controller,
  loadPage,
  network,
  settled,
  startChat,
  store,
  useScene,
  write,
} from "./controller-scene";

useScene();

describe("what the page knows of the visitor", () => {
  test("fills the form, and an empty composer only", async () => {
    controller.prefill({ name: "Hannah", message: "Hi" });
    expect(controller.state.view).toMatchObject({ initial: { name: "Hannah", message: "Hi" } });
    controller.prefill({ name: "Ada" });
    expect(controller.state.view).toMatchObject({ initial: { name: "Ada", message: "Hi" } });
    await startChat();
    controller.prefill({ message: "About order 5" });
    expect(controller.state.draft).toBe("About order 5");
    controller.prefill({ message: "Another" });
    expect(controller.state.draft).toBe("About order 5");
  });
});

describe("starting", () => {
  test("makes the visitor's secret and the message id before the first request", () => {
    controller.submitForm(INPUT);
    const { visitorKey, topic, openMs, ...start } = network.starts[0]!.start;
    expect({ topic, openMs }).toEqual({ topic: "", openMs: FORM_OPEN_MIN_MS });
    expect(visitorKey).toMatch(/^v_[0-9a-f]{64}$/);
    expect(start.clientMessageId).toMatch(/^[\w-]{1,64}$/);
    expect(start).toMatchObject({ phone: "+49301234567", message: "Hello" });
    expect(JSON.parse(store.get("visitor")!)).toEqual({ key: visitorKey });
    expect(JSON.parse(store.get("start")!)).toEqual(start);
  });

  test("sends nothing while a field is wrong", () => {
    controller.submitForm({ ...INPUT, email: "x" });
    expect(network.starts).toEqual([]);
    expect(controller.state.view).toMatchObject({ kind: "form", status: "editing" });
    expect(store.names("")).toEqual([]);
  });

  test("ignores a second press while the first is under way", () => {
    controller.submitForm(INPUT);
    controller.submitForm(INPUT);
    expect(network.starts).toHaveLength(1);
  });

  test("leads to the chat, which later pages go to without the form", async () => {
    await startChat();
    expect(controller.state.view).toMatchObject({ kind: "chat", conversationId: "c1" });
    expect(store.get("start")).toBeNull();
    const key = network.visitorKeys[0];
    loadPage();
    expect(controller.state.view).toMatchObject({ kind: "chat", conversationId: "c1" });
    expect(network.visitorKeys).toEqual([key]);
    expect(network.watched).toEqual(["c1"]);
  });

  test("is tried again with the same ids until there is an answer", async () => {
    controller.submitForm(INPUT);
    for (const index of [0, 1, 2]) {
      network.starts[index]?.answer({ kind: "unreachable" });
      await settled();
      expect(controller.state.view).toMatchObject({ status: "waiting" });
      await vi.runOnlyPendingTimersAsync();
    }
    expect(network.starts).toHaveLength(4);
    expect(new Set(network.starts.map(({ start }) => start.clientMessageId)).size).toBe(1);
    expect(new Set(network.starts.map(({ start }) => start.visitorKey)).size).toBe(1);
  });

  test("is tried again at once when the browser is back on the network", async () => {
    controller.submitForm(INPUT);
    network.starts[0]?.answer({ kind: "unreachable" });
    await settled();
    dispatchEvent(new Event("online"));
    expect(network.starts).toHaveLength(2);
  });

  test("is taken up by the next page with the same ids", async () => {
    controller.submitForm(INPUT);
    const { topic, openMs, ...lost } = network.starts[0]!.start;
    loadPage();
    // This page's form was not filled by anybody, so it has nothing to tell of that.
    expect(network.starts[0]?.start).toEqual(lost);
    expect({ topic, openMs }).toEqual({ topic: "", openMs: FORM_OPEN_MIN_MS });
  });

  test("that comes sooner than anybody types is held until it may be sent", async () => {
    loadPage();
    controller.open();
    await vi.advanceTimersByTimeAsync(100);
    controller.submitForm(INPUT);
    controller.submitForm(INPUT);
    expect(controller.state.view).toMatchObject({ status: "starting" });
    await vi.advanceTimersByTimeAsync(FORM_OPEN_MIN_MS - 101);
    expect(network.starts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(network.starts.map(({ start }) => start.openMs)).toEqual([FORM_OPEN_MIN_MS]);
  });

  test("that is held is taken up by the next page, and never sent after the end", async () => {
    loadPage();
    controller.open();
    controller.submitForm(INPUT);
    const left = network;
    controller.destroy();
    await vi.advanceTimersByTimeAsync(FORM_OPEN_MIN_MS);
    expect(left.starts).toEqual([]);
    loadPage();
    expect(network.starts.map(({ start }) => start.message)).toEqual(["Hello"]);
  });

  test("that is taken for a script's says so, and goes again under the same id", async () => {
    controller.submitForm({ ...INPUT, topic: "Pills" });
    expect(network.starts[0]?.start.topic).toBe("Pills");
    const refusal = { code: "AUTOMATION_SUSPECTED" as const, message: "In English.", retryAfterMs: 1_000 };
    network.starts[0]?.answer({ kind: "refused", refusal, errors: {} });
    await settled();
    expect(controller.state.view).toMatchObject({ status: "editing", notice: english.looksAutomated });
    controller.submitForm(INPUT);
    expect(network.starts[1]?.start).toMatchObject({
      topic: "",
      visitorKey: network.starts[0]?.start.visitorKey,
      clientMessageId: network.starts[0]?.start.clientMessageId,
    });
  });

  test("that is refused shows why, and repeats the same message under the same id", async () => {
    controller.submitForm(INPUT);
    network.starts[0]?.answer({
      kind: "refused",
      refusal: { code: "FORBIDDEN", message: "In English." },
      errors: {},
    });
    await settled();
    expect(controller.state.view).toMatchObject({ status: "editing", notice: english.outdated });
    expect(store.get("start")).toBeNull();
    controller.submitForm(INPUT);
    controller.submitForm(INPUT);
    expect(network.starts[1]?.start.clientMessageId).toBe(network.starts[0]?.start.clientMessageId);
    network.starts[1]?.answer({ kind: "refused", refusal: null, errors: { email: "Wrong." } });
    await settled();
    expect(controller.state.view).toMatchObject({ notice: null, errors: { email: "Wrong." } });
    controller.submitForm({ ...INPUT, message: "Another" });
    expect(network.starts[2]?.start.clientMessageId).not.toBe(network.starts[0]?.start.clientMessageId);
  });
});

describe("sending", () => {
  beforeEach(startChat);

  test("has one message under way at a time, oldest first", async () => {
    write("one");
    write("two");
    expect(network.sends.map(({ body }) => body)).toEqual(["one"]);
    network.sends[0]?.answer({ kind: "delivered" });
    await settled();
    expect(network.sends.map(({ body }) => body)).toEqual(["one", "two"]);
  });

  test("is taken up by the next page with the same ids, in order", async () => {
    write("one");
    write("two");
    const id = network.sends[0]?.clientMessageId;
    loadPage();
    expect(network.sends[0]).toMatchObject({ body: "one", clientMessageId: id });
    network.sends[0]?.answer({ kind: "delivered" });
    await settled();
    expect(network.sends[1]?.body).toBe("two");
    network.sends[1]?.answer({ kind: "delivered" });
    await settled();
    loadPage();
    expect(network.sends).toEqual([]);
  });

  test("that is refused gives the text back with the reason", async () => {
    write("one");
    network.sends[0]?.answer({ kind: "refused", reason: "Too rude." });
    await settled();
    expect(controller.state).toMatchObject({
      draft: "one",
      draftError: "Too rude.",
      outbox: [{ body: "Hello" }],
    });
    expect(store.names("out:")).toEqual([]);
  });

  test("that failed is kept until it is sent again or deleted", async () => {
    write("one");
    network.sends[0]?.answer({ kind: "failed", refusal: null });
    await settled();
    const { clientMessageId } = controller.state.outbox.at(-1)!;
    expect(controller.state.outbox.at(-1)).toMatchObject({ status: "failed", reason: "Not sent" });
    expect(store.names("out:")).toHaveLength(1);
    controller.retry(clientMessageId);
    expect(network.sends[1]).toMatchObject({ body: "one", clientMessageId });
    network.sends[1]?.answer({ kind: "failed", refusal: RATE_LIMITED });
    await settled();
    expect(controller.state.outbox.at(-1)).toMatchObject({
      reason: "Too many messages. Try again in 3 s.",
    });
    controller.remove(clientMessageId);
    expect(store.names("out:")).toEqual([]);
  });

  test.each([
    ["a message finds no conversation", () => network.sends[0]?.answer({ kind: "gone" })],
    ["the server knows of none", () => network.setConversation(null)],
  ])("goes back to the form when %s", async (_, lose) => {
    write("one");
    lose();
    await settled();
    expect(controller.state.view).toMatchObject({ kind: "form", initial: { message: "one" } });
    loadPage();
    expect(controller.state.view.kind).toBe("form");
  });
});

describe("the connection", () => {
  beforeEach(startChat);

  test("counts as lost only after a while, and as back at once", async () => {
    network.setConnected(true);
    expect(controller.state.connection).toBe("online");
    network.setConnected(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(controller.state.connection).toBe("online");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(controller.state.connection).toBe("offline");
    network.setConnected(true);
    expect(controller.state.connection).toBe("online");
  });

  test("follows the browser's own word at once", () => {
    network.setConnected(true);
    dispatchEvent(new Event("offline"));
    expect(controller.state.connection).toBe("offline");
    dispatchEvent(new Event("online"));
    expect(controller.state.connection).toBe("online");
  });

  test("is let go while the page is kept for the way back, and what was on its way goes again", async () => {
    write("one");
    dispatchEvent(new Event("pagehide"));
    expect(network.closed).toBe(1);
    write("two");
    expect(network.sends.map(({ body }) => body)).toEqual(["one"]);
    dispatchEvent(new Event("pageshow"));
    expect(network.visitorKeys).toHaveLength(2);
    expect(network.watched).toEqual(["c1"]);
    expect(network.sends.map(({ body }) => body)).toEqual(["one", "one"]);
    expect(network.sends[1]?.clientMessageId).toBe(network.sends[0]?.clientMessageId);
    // The answer over the old connection is not this one's.
    network.sends[0]?.answer({ kind: "failed", refusal: null });
    await settled();
    expect(controller.state.outbox.map(({ status }) => status)).toEqual(["delivered", "queued", "queued"]);
    network.sends[1]?.answer({ kind: "delivered" });
    await settled();
    expect(network.sends.at(-1)?.body).toBe("two");
  });

  test("ends with the widget, and so does everything that listens", async () => {
    const states: unknown[] = [];
    const other = new Controller(store, network, { ...OPTIONS, onChange: (state) => states.push(state) });
    other.begin();
    other.destroy();
    states.length = 0;
    for (const event of ["online", "offline", "pagehide", "pageshow"]) dispatchEvent(new Event(event));
    network.setConnected(true);
    network.setMessages([]);
    await vi.runAllTimersAsync();
    other.open();
    expect(states).toEqual([]);
    expect(network.closed).toBe(2); // once by this one, once by the page's own on pagehide
    expect(network.visitorKeys).toHaveLength(3);
  });
});

test("a newer conversation of the same visitor is followed", async () => {
  await startChat();
  network.setConversation({ conversationId: "c2", status: "open" });
  expect(controller.state.view).toMatchObject({ conversationId: "c2" });
  expect(network.watched).toEqual(["c2"]);
  network.setConversation({ conversationId: "c2", status: "resolved" });
  expect(controller.state.view).toMatchObject({ status: "resolved" });
});
