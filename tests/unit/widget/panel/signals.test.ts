import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ThreadMessage } from "@/widget/panel/state";
import { english } from "@/widget/panel/texts";
import {
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
