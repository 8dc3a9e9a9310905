import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { Actions } from "@/widget/panel/actions";
import type { Delivery, ThreadGroup } from "@/widget/panel/thread";
import { MessageGroup } from "@/widget/panel/views/message-group";
import type { WidgetConfig } from "@/widget/shared/types";

const config = { brandName: "Kettle Row", avatarUrl: null } as unknown as WidgetConfig;

afterEach(() => render(null, document.body));

/** A message of the visitor's own, as the thread shows it; the list is what was pressed on it. */
async function draw(delivery: Delivery, isOffline = false): Promise<string[]> {
  const pressed: string[] = [];
  const actions = {
    retry: (id) => pressed.push(`retry ${id}`),
    remove: (id) => pressed.push(`remove ${id}`),
  } as Partial<Actions> as Actions;
  const item = {
    key: "m1",
    clientMessageId: "m1",
    body: "Hello",
    attachments: [],
    createdAt: 0,
    sequence: null,
    systemEvent: null,
    delivery,
  };
  const group: ThreadGroup = {
    key: "m1",
    role: "visitor",
    senderName: null,
    dayStart: null,
    items: [item],
  };
  const props = { group, config, isNewestOwn: true, isOffline, readSequence: 0 };
  await act(() => render(h(MessageGroup, { ...props, actions }), document.body));
  return pressed;
}

const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
};

test("a message that was not sent says why, and may be sent again or deleted", async () => {
  const pressed = await draw({ kind: "failed", reason: "Too many messages. Try again in 3 s." });
  expect(document.body.textContent).toContain("HelloToo many messages. Try again in 3 s.");
  expect(document.body.textContent).not.toContain("Sent");
  button("Retry").click();
  button("Delete").click();
  expect(pressed).toEqual(["retry m1", "remove m1"]);
});

test("one that is under way says so, and what it waits for", async () => {
  await draw({ kind: "pending" });
  expect(document.querySelector(".delivery")?.textContent).toBe("Sending");
  await draw({ kind: "pending" }, true);
  expect(document.querySelector(".delivery")?.textContent).toBe("Waiting for the connection");
  expect(document.querySelectorAll("button")).toHaveLength(0);
});
