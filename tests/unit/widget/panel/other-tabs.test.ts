import { expect, test } from "vitest";
import {
  controller,
  INPUT,
  loadPage,
  network,
  RATE_LIMITED,
  settled,
  store,
  typeMessage,
  useScene,
} from "./controller-scene";

useScene();

const KEY = `v_${"0a".repeat(32)}`;

/** Another tab has written who the visitor is, and which conversation theirs is. */
function otherTab(key: string, conversationId?: string): void {
  store.set("visitor", JSON.stringify({ key, conversationId }));
  dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_1:visitor" }));
}

/** The visitor's key, once a first message of this tab is on its way. */
const ownKey = () => network.starts[0]?.start.visitorKey ?? "";

test("a conversation that another tab started replaces the form", () => {
  otherTab(KEY, "c9");
  expect(controller.state.view).toMatchObject({ kind: "chat", conversationId: "c9" });
  expect(network.watched).toEqual(["c9"]);
  expect(controller.state.draft).toBe("");
});

test("what was being written in the form then goes on in the chat, and outlives the page", () => {
  typeMessage("Does the kettle wh");
  otherTab(KEY, "c9");
  expect(controller.state.draft).toBe("Does the kettle wh");
  loadPage();
  expect(controller.state.draft).toBe("Does the kettle wh");
});

test("a first message that is on its way then arrives once", async () => {
  typeMessage(INPUT.message);
  controller.submitForm(INPUT);
  otherTab(ownKey(), "c9");
  expect(controller.state.draft).toBe("");
  network.starts[0]?.answer({ kind: "started", conversationId: "c9" });
  await settled();
  expect(controller.state.outbox.map(({ body }) => body)).toEqual([INPUT.message]);
});

test("a first message that is refused then waits in the chat, with the reason", async () => {
  controller.submitForm(INPUT);
  otherTab(ownKey(), "c9");
  controller.changeDraft("And this");
  network.starts[0]?.answer({ kind: "refused", refusal: RATE_LIMITED, errors: {} });
  await settled();
  expect(controller.state.draft).toBe(`${INPUT.message}\n\nAnd this`);
  expect(controller.state.note).toBe("Too many messages. Try again in 3 s.");
});

test("two tabs that start at once: the one whose key is not kept waits for the other's answer, and gets it", async () => {
  controller.submitForm(INPUT);
  const start = { ...INPUT, message: "From there", clientMessageId: "m_other" };
  store.set("start", JSON.stringify(start));
  otherTab(KEY);
  await settled();
  const { message, clientMessageId, visitorKey } = network.starts.at(-1)!.start;
  expect({ message, clientMessageId, visitorKey }).toEqual({
    message: "From there",
    clientMessageId: "m_other",
    visitorKey: KEY,
  });
  network.starts.at(-1)?.answer({ kind: "started", conversationId: "c9" });
  await settled();
  expect(controller.state.view).toMatchObject({ kind: "chat", conversationId: "c9" });
});
