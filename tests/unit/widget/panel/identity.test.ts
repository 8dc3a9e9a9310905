import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FORM_OPEN_MIN_MS } from "@/lib/limits";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import type { IdentityEventDetail } from "@/widget/api";
import { Controller } from "@/widget/panel/controller";
import { readVisitor } from "@/widget/panel/records";
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

/** A token as the panel sees it: nobody here can judge its signature. */
const tokenOf = (claims: Record<string, unknown>, signature = "s"): string =>
  `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;

let store: Store;
let network: FakeNetwork;
let controller: Controller;
let told: IdentityEventDetail[];

/** `token`: what the page has said before the panel was there. */
function loadPage({
  token,
  isIdentityRequired = false,
}: { token?: string | null; isIdentityRequired?: boolean } = {}) {
  network = new FakeNetwork();
  told = [];
  controller = new Controller(store, network, {
    texts: english,
    asked: DEFAULT_WIDGET_SETTINGS.form,
    isIdentityRequired,
    typedMessage: () => "",
    onIdentity: (detail) => told.push(detail),
    onChange: () => undefined,
  });
  if (token !== undefined) controller.identify(token);
  controller.begin();
  // The form has been open for as long as anybody needs to fill it.
  controller.open();
  vi.advanceTimersByTime(FORM_OPEN_MIN_MS);
  controller.close();
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const view = () => controller.state.view;

async function startChat(conversationId = "c1"): Promise<void> {
  controller.submitForm(INPUT);
  network.starts.at(-1)?.answer({ kind: "started", conversationId });
  await settled();
}

async function signIn(claims: Record<string, unknown>, conversationId: string | null): Promise<void> {
  controller.identify(tokenOf(claims));
  network.signIns.at(-1)?.answer({ conversationId });
  await settled();
}

beforeEach(() => {
  vi.useFakeTimers();
  store = openStore("ws_1", null);
  loadPage();
});
afterEach(() => vi.useRealTimers());

describe("signing in", () => {
  test("makes a key for the person, and shows their chat", async () => {
    await signIn({ sub: "user-1", name: "Zoë", email: "zoe@x.de" }, "c7");
    const { claim } = network.signIns[0]!;
    // Nothing was written before: there is no earlier key to show.
    expect(claim).toEqual({
      identityToken: tokenOf({ sub: "user-1", name: "Zoë", email: "zoe@x.de" }),
      visitorKey: expect.stringMatching(/^v_[0-9a-f]{64}$/) as string,
    });
    expect(readVisitor(store)).toEqual({ key: claim.visitorKey, conversationId: "c7", user: "user-1" });
    expect(network.visitorKeys.at(-1)).toBe(claim.visitorKey);
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c7" });
    expect(told).toEqual([{ status: "verified" }]);
  });

  test("fills the form with what the site knows where there is no chat yet", async () => {
    await signIn({ sub: "user-1", name: "Zoë", email: "zoe@x.de", phone: 7 }, null);
    expect(view()).toMatchObject({ kind: "form", initial: { name: "Zoë", email: "zoe@x.de" } });
    expect(view()).not.toHaveProperty("initial.phone");
  });

  test("takes along the chat that runs, with what is not sent yet", async () => {
    await startChat();
    const anonymous = readVisitor(store)!.key;
    controller.changeDraft("and a draft");
    controller.identify(tokenOf({ sub: "user-1" }));
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c1" });
    expect(network.signIns[0]!.claim.earlierKey).toBe(anonymous);
    network.signIns[0]!.answer({ conversationId: "c1" });
    await settled();
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c1" });
    expect(controller.state.draft).toBe("and a draft");
    expect(readVisitor(store)!.key).not.toBe(anonymous);
  });

  test("goes along with the first message, whichever arrives first", async () => {
    const token = tokenOf({ sub: "user-1" });
    controller.identify(token);
    controller.submitForm(INPUT);
    const { claim } = network.signIns[0]!;
    expect(network.starts[0]!.start).toMatchObject({ identityToken: token, visitorKey: claim.visitorKey });
    network.starts[0]!.answer({ kind: "started", conversationId: "c9" });
    await settled();
    expect(readVisitor(store)).toEqual({ key: claim.visitorKey, conversationId: "c9", user: "user-1" });
    network.signIns[0]!.answer({ conversationId: "c9" });
    await settled();
    expect(told).toEqual([{ status: "verified" }]);
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c9" });
  });

  test("sends a first message that was under way again as the person", async () => {
    controller.submitForm(INPUT);
    await signIn({ sub: "user-1" }, null);
    const [first, again] = network.starts.map(({ start }) => start);
    expect(again!.clientMessageId).toBe(first!.clientMessageId);
    expect(again!.visitorKey).toBe(readVisitor(store)!.key);
    network.starts[0]!.answer({ kind: "started", conversationId: "anonymous" });
    await settled();
    expect(view()).toMatchObject({ kind: "form", status: "starting" });
    network.starts[1]!.answer({ kind: "started", conversationId: "c3" });
    await settled();
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c3" });
  });

  test("with the token of before asks nothing again", async () => {
    await signIn({ sub: "user-1" }, "c1");
    controller.identify(tokenOf({ sub: "user-1" }));
    expect(network.signIns).toHaveLength(1);
  });

  test("that is refused leaves everything as it was, and tells the page", async () => {
    await startChat();
    const before = readVisitor(store);
    controller.identify(tokenOf({ sub: "user-1" }));
    network.signIns[0]!.answer({ code: "IDENTITY_INVALID", message: "Not signed." });
    await settled();
    controller.identify("nonsense");
    expect(readVisitor(store)).toEqual(before);
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c1" });
    expect(told).toEqual([
      { status: "refused", reason: "Not signed." },
      { status: "refused", reason: "The token is not a JWT." },
    ]);
  });
});

describe("another person in the same browser", () => {
  test("finds nothing of the one before, not for a moment", async () => {
    await signIn({ sub: "user-1" }, "c1");
    const first = readVisitor(store)!.key;
    controller.changeDraft("secret");
    loadPage({ token: tokenOf({ sub: "user-2" }) });
    expect(network.watched).toEqual([]);
    expect(view()).toMatchObject({ kind: "form" });
    expect(controller.state.draft).toBe("");
    const { claim } = network.signIns[0]!;
    expect([claim.visitorKey, claim.earlierKey]).not.toContain(first);
    network.signIns[0]!.answer({ conversationId: null });
    await settled();
    expect(readVisitor(store)).toMatchObject({ key: claim.visitorKey, user: "user-2" });
  });

  test("is nobody once the page says so", async () => {
    await signIn({ sub: "user-1" }, "c1");
    controller.send();
    const { visit } = controller.state;
    controller.identify(null);
    expect(view()).toMatchObject({ kind: "form" });
    expect(controller.state.visit).not.toBe(visit);
    expect(store.names("")).toEqual([]);
    controller.submitForm(INPUT);
    expect(network.starts[0]!.start).not.toHaveProperty("identityToken");
  });

  test("keeps an anonymous chat while the page says that nobody is signed in", async () => {
    await startChat();
    controller.identify(null);
    expect(view()).toMatchObject({ kind: "chat", conversationId: "c1" });
  });
});

describe("a session that is over", () => {
  test("is told once; what was written waits and goes on with a fresh token", async () => {
    await signIn({ sub: "user-1" }, "c1");
    controller.changeDraft("Still there?");
    controller.send();
    network.sends[0]!.answer({ kind: "expired", reason: "Signed out." });
    await settled();
    network.expire("Signed out.");
    expect(told.at(-1)).toEqual({ status: "expired", reason: "Signed out." });
    expect(told).toHaveLength(2);
    expect(controller.state.note).toBe(english.signInAgain);
    controller.changeDraft("And another thing");
    controller.send();
    expect(controller.state.note).toBe(english.signInAgain);
    expect(network.sends).toHaveLength(1);

    controller.identify(tokenOf({ sub: "user-1" }, "fresh"));
    network.signIns[1]!.answer({ conversationId: "c1" });
    await settled();
    expect(network.sends.map(({ clientMessageId }) => clientMessageId)).toEqual([
      network.sends[0]!.clientMessageId,
      network.sends[0]!.clientMessageId,
    ]);
    expect(controller.state.note).toBeNull();
  });

  test("on a page that never says who is there leaves a new visitor", async () => {
    await signIn({ sub: "user-1" }, "c1");
    loadPage();
    network.expire("Signed out.");
    expect(view()).toMatchObject({ kind: "form" });
    expect(readVisitor(store)).toBeNull();
    expect(told).toEqual([]);
  });
});

describe("a brand that wants everybody to be signed in", () => {
  test("says so before anything is typed, until somebody is", async () => {
    loadPage({ isIdentityRequired: true });
    expect(view()).toMatchObject({ notice: english.signInFirst });
    await signIn({ sub: "user-1" }, null);
    expect(view()).toMatchObject({ notice: null });
  });

  test("refuses the start in the visitor's language", async () => {
    controller.submitForm(INPUT);
    network.starts[0]!.answer({
      kind: "refused",
      refusal: { code: "IDENTITY_REQUIRED", message: "No." },
      errors: {},
    });
    await settled();
    expect(view()).toMatchObject({ status: "editing", notice: english.signInFirst });
  });
});

describe("what the page says about itself", () => {
  test("goes along with the first message, and at once where a chat runs", async () => {
    controller.signals.setPageData('{"plan":"pro","seats":5}');
    await startChat();
    expect(network.starts[0]!.start).toMatchObject({ customData: '{"plan":"pro","seats":5}' });
    controller.signals.setPageData('{"plan":"free"}');
    const page = location.href;
    expect(network.acts.at(-1)).toEqual({ name: "setPageData", customData: '{"plan":"free"}', page });
  });

  test("is left out where it is too long: it must not keep a message back", async () => {
    controller.signals.setPageData("x".repeat(5000));
    await startChat();
    expect(network.starts[0]!.start).not.toHaveProperty("customData");
  });
});
