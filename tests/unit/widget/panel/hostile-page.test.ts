import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { toJson } from "@/widget/panel/convex-client/values";
import { createNetwork } from "@/widget/panel/network";
import { newMessageId, newVisitorKey } from "@/widget/panel/random";
import { Menu } from "@/widget/panel/views/menu";
import { WAIT } from "../../../helpers/wait";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  render(null, document.body);
});

test("a secret is one, whatever a library makes of Array.from", () => {
  vi.spyOn(Array, "from").mockImplementation((items: Iterable<unknown> | ArrayLike<unknown>) =>
    "length" in items ? Array.prototype.slice.call(items) : [],
  );
  expect(newVisitorKey()).toMatch(/^v_[0-9a-f]{64}$/);
  expect(newMessageId()).toMatch(/^m_[0-9a-f]{32}$/);
});

test("what is sent is JSON, whatever a library makes of lists in it", () => {
  const sent = {
    type: "Mutation",
    requestId: 0,
    componentPath: undefined,
    args: [{ body: 'Say "hi"\n\u2028', attachments: [], isTyping: false, gone: null, share: 0.5 }],
    "a key": [[1, -2], ["x"]],
  };
  const plain = JSON.stringify(sent);
  expect(toJson(sent)).toBe(plain);
  const lists = Array.prototype as unknown as { toJSON?: () => string };
  lists.toJSON = () => "a text";
  try {
    expect(JSON.stringify(sent)).not.toBe(plain);
    expect(toJson(sent)).toBe(plain);
  } finally {
    delete lists.toJSON;
  }
});

test.each([
  ["forbids", { WebSocket: thrower("denied") }],
  ["has taken away", { WebSocket: undefined }],
])("a page that %s websockets counts as one without a connection", async (_, globals) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const network = createNetwork({
    widgetId: "ws_1",
    siteUrl: "http://site.test",
    convexUrl: "http://convex.test",
  });
  const heard: boolean[] = [];
  const connection = network.connect(newVisitorKey(), {
    onConnectedChange: (isConnected) => heard.push(isConnected),
    onExpired: () => undefined,
  });
  await vi.waitFor(() => expect(heard).toEqual([false]), WAIT);
  connection.close();
});

test("the options stay open while the focus moves among them, whatever the page calls Node", async () => {
  vi.stubGlobal("Node", function Node() {});
  const items = ["Talk to a person", "End chat"].map((label) => ({ label, run: () => undefined }));
  await act(() => render(h(Menu, { items }), document.body));
  const button = document.querySelector("button")!;
  await act(() => button.click());
  const first = document.querySelector<HTMLElement>(".items button")!;
  const leave = (to: Element | null) =>
    act(() => void button.dispatchEvent(new FocusEvent("focusout", { relatedTarget: to, bubbles: true })));
  await leave(first);
  expect(document.querySelectorAll(".items button")).toHaveLength(2);
  await leave(null);
  expect(document.querySelector(".items")).toBeNull();
});

function thrower(message: string) {
  return function Forbidden() {
    throw new DOMException(message, "SecurityError");
  };
}
