import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FILE_MAX, FORM_OPEN_MIN_MS } from "@/lib/limits";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import { Controller } from "@/widget/panel/controller";
import type { ThreadMessage } from "@/widget/panel/state";
import type { UploadResult } from "@/widget/panel/post-file";
import { english } from "@/widget/panel/texts";
import { openStore, type Store } from "@/widget/shared/storage";
import { FakeNetwork } from "./fake-network";

const INPUT = {
  name: "Hannah",
  email: "h@x.de",
  phone: "030 1234567",
  country: "DE",
  message: "Hello",
  topic: "",
};

const OPTIONS = {
  texts: english,
  asked: DEFAULT_WIDGET_SETTINGS.form,
  isIdentityRequired: false,
  onIdentity: () => undefined,
};

const RATE_LIMITED = { code: "RATE_LIMITED" as const, message: "In English.", retryAfterMs: 2_500 };

let store: Store;
let network: FakeNetwork;
let controller: Controller;

/** A page load: what the page before left in the store is still there, its requests are not. */
function loadPage(): void {
  network = new FakeNetwork();
  controller = new Controller(store, network, { ...OPTIONS, onChange: () => undefined });
  controller.begin();
}

/** Has the form been open for as long as anybody needs to fill it. */
function lookAtForm(): void {
  controller.open();
  vi.advanceTimersByTime(FORM_OPEN_MIN_MS);
  controller.close();
}

/** Lets promises that are already settled run on. */
const settled = () => vi.advanceTimersByTimeAsync(0);

async function startChat(): Promise<void> {
  controller.submitForm(INPUT);
  network.starts[0]?.answer({ kind: "started", conversationId: "c1" });
  await settled();
}

function write(text: string): void {
  controller.changeDraft(text);
  controller.send();
}

beforeEach(() => {
  vi.useFakeTimers();
  store = openStore("ws_1", null);
  loadPage();
  lookAtForm();
});
afterEach(() => vi.useRealTimers());

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

describe("files of the draft", () => {
  beforeEach(startChat);

  const fileOf = (name: string, size = 3): File =>
    Object.defineProperty(new File(["abc"], name), "size", { value: size });
  const stored = (id: string): UploadResult => ({
    kind: "stored",
    file: { id, name: `${id}.png`, type: "image/png", size: 3 },
  });
  const statuses = () => controller.state.files.map(({ status }) => status);

  test("go at once, and with the message once all are there", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    expect(network.uploads.map(({ name }) => name)).toEqual(["a.png", "b.png"]);
    network.uploads[0]?.progress(0.5);
    expect(controller.state.files[0]).toMatchObject({ status: "uploading", share: 0.5 });
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    write("two pictures");
    expect(controller.state.draft).toBe("two pictures");
    expect(network.sends).toEqual([]);
    network.uploads[1]?.answer(stored("u2"));
    await settled();
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "two pictures", files: ["u1", "u2"] });
    expect(controller.state.files).toEqual([]);
  });

  test("may be all that a message has", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "", files: ["u1"] });
  });

  test("that did not get there are sent again or removed, and hold the message back until then", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer({ kind: "failed", refusal: null });
    await settled();
    expect(controller.state.files[0]).toMatchObject({
      status: "failed",
      reason: "Not uploaded",
      canRetry: true,
    });
    write("Hi");
    expect(network.sends).toEqual([]);
    const { key } = controller.state.files[0]!;
    controller.uploads.retry(key);
    network.uploads[1]?.answer({ kind: "failed", refusal: RATE_LIMITED });
    await settled();
    expect(controller.state.files[0]).toMatchObject({ reason: "Too many messages. Try again in 3 s." });
    controller.uploads.remove(key);
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "Hi", files: [] });
  });

  test("that are too large or empty are never sent", () => {
    controller.uploads.add([
      fileOf("large.mov", FILE_MAX + 1),
      fileOf("none.txt", 0),
      fileOf("full.zip", FILE_MAX),
    ]);
    expect(controller.state.files).toMatchObject([
      { status: "failed", reason: "Too large: at most 10 MB", canRetry: false },
      { status: "failed", reason: "The file is empty", canRetry: false },
      { status: "uploading" },
    ]);
    expect(network.uploads.map(({ name }) => name)).toEqual(["full.zip"]);
  });

  test("are five at most, which is said", () => {
    controller.uploads.add([1, 2, 3].map((n) => fileOf(`${n}`)));
    controller.uploads.add([4, 5, 6].map((n) => fileOf(`${n}`)));
    expect(network.uploads.map(({ name }) => name)).toEqual(["1", "2", "3", "4", "5"]);
    expect(controller.state.note).toBe("A message takes up to 5 files. The others were left out.");
  });

  test("end with their removal and with the widget; an answer after that changes nothing", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    controller.uploads.remove(controller.state.files[0]!.key);
    expect(network.uploads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    expect(statuses()).toEqual(["uploading"]);
    controller.destroy();
    expect(network.uploads.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  test("that the server has outlive the page; of the others the next page says that they are lost", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    loadPage();
    expect(controller.state.files).toMatchObject([
      { status: "stored", id: "u1", type: "image/png" },
      { name: "b.png", status: "failed", canRetry: false },
    ]);
    controller.uploads.remove(controller.state.files[1]!.key);
    write("Hi");
    loadPage();
    expect(network.sends[0]).toMatchObject({ body: "Hi", files: ["u1"] });
    expect(controller.state.files).toEqual([]);
  });

  test("come back with a text that was refused", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    write("Hi");
    network.sends[0]?.answer({ kind: "refused", reason: "Too rude." });
    await settled();
    expect(controller.state).toMatchObject({ draft: "Hi", files: [{ status: "stored", id: "u1" }] });
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

describe("what was seen", () => {
  const answer: ThreadMessage = {
    id: "m2",
    role: "operator",
    body: "Hi",
    attachments: [],
    createdAt: 1,
    sequence: 2,
    clientMessageId: null,
    senderName: null,
    systemEvent: null,
  };
  beforeEach(startChat);

  test("is what arrives in an open panel, and what is there when it opens", () => {
    network.setMessages([answer]);
    expect(controller.state.seenSequence).toBe(0);
    controller.open();
    expect(controller.state.seenSequence).toBe(2);
    network.setMessages([answer, { ...answer, id: "m3", sequence: 3 }]);
    expect(store.get("seen")).toBe("3");
    controller.close();
    network.setMessages([answer, { ...answer, id: "m4", sequence: 4 }]);
    expect(controller.state.seenSequence).toBe(3);
  });

  test("in another tab is seen here too", () => {
    store.set("seen", "5");
    localStorage.setItem("praxtalk:ws_1:seen", "5");
    dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_1:seen" }));
    expect(controller.state.seenSequence).toBe(5);
  });
});

test("a conversation that another tab started replaces the form", () => {
  store.set("visitor", JSON.stringify({ key: `v_${"0a".repeat(32)}`, conversationId: "c9" }));
  dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_1:visitor" }));
  expect(controller.state.view).toMatchObject({ kind: "chat", conversationId: "c9" });
  expect(network.watched).toEqual(["c9"]);
});

test("a newer conversation of the same visitor is followed", async () => {
  await startChat();
  network.setConversation({ conversationId: "c2", status: "open" });
  expect(controller.state.view).toMatchObject({ conversationId: "c2" });
  expect(network.watched).toEqual(["c2"]);
  network.setConversation({ conversationId: "c2", status: "resolved" });
  expect(controller.state.view).toMatchObject({ status: "resolved" });
});

describe("what is asked for beside messages", () => {
  const message = (sequence: number): ThreadMessage => ({
    id: `m${sequence}`,
    role: "operator",
    body: "Hi",
    attachments: [],
    createdAt: 1,
    sequence,
    clientMessageId: null,
    senderName: null,
    systemEvent: null,
  });
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
  const shown = () => controller.state.messages?.map(({ sequence }) => sequence) ?? [];
  beforeEach(startChat);

  test("older messages come by pages, once each, until there are no more", async () => {
    network.setMessages(range(301, 500));
    network.earlier = {
      301: { messages: range(101, 300), isDone: false },
      101: { messages: range(1, 100), isDone: true },
    };
    await Promise.all([controller.showEarlier(), controller.showEarlier()]);
    expect(shown()).toEqual(range(101, 500).map(({ sequence }) => sequence));
    expect(controller.state.earlier).toBe("some");
    // The live list moves on; what it lets go of stays.
    network.setMessages(range(302, 501));
    await controller.showEarlier();
    expect(shown()).toEqual(range(1, 501).map(({ sequence }) => sequence));
    expect(controller.state.earlier).toBe("none");
  });

  test("after a break that was longer than the live list, the list begins anew", () => {
    network.setMessages(range(1, 200));
    network.setMessages(range(500, 699));
    expect(shown()).toEqual(range(500, 699).map(({ sequence }) => sequence));
    expect(controller.state.earlier).toBe("some");
  });

  test("the team is told of writing now and then, of its end, and of reading", async () => {
    const typing = () =>
      network.acts.filter(({ name }) => name === "setTyping").map(({ isTyping }) => isTyping);
    controller.changeDraft("a");
    controller.changeDraft("ab");
    expect(typing()).toEqual([true]);
    await vi.advanceTimersByTimeAsync(4_000);
    controller.changeDraft("abc");
    controller.send();
    controller.changeDraft("");
    expect(typing()).toEqual([true, true, false]);
    controller.open();
    network.setMessages(range(1, 2));
    network.setMessages(range(1, 2));
    expect(network.acts.filter(({ name }) => name === "markRead")).toEqual([
      { name: "markRead", conversationId: "c1", sequence: 2 },
    ]);
  });

  test("what was not done is said, until it is", async () => {
    network.refusal = "failed";
    controller.signals.askHuman();
    await settled();
    expect(controller.state.note).toBe(english.notDone);
    network.refusal = null;
    controller.signals.endChat();
    await settled();
    expect(controller.state.note).toBeNull();
    expect(network.acts).toEqual([
      { name: "requestHumanAgent", conversationId: "c1" },
      { name: "endConversation", conversationId: "c1" },
    ]);
  });

  test("what was done is said until the visitor writes on", async () => {
    controller.signals.leaveEmail("h@x.de");
    await settled();
    expect(network.acts.at(-1)).toEqual({ name: "leaveEmail", email: "h@x.de" });
    expect(controller.state.note).toBe(english.emailLeft);
    write("And another thing");
    expect(controller.state.note).toBeNull();
  });

  test("the choice of sound outlives the page", () => {
    expect(controller.state.isSoundOn).toBe(false);
    controller.toggleSound();
    loadPage();
    expect(controller.state.isSoundOn).toBe(true);
    controller.toggleSound();
    loadPage();
    expect(controller.state.isSoundOn).toBe(false);
  });
});
