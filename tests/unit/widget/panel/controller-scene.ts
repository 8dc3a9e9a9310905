import { afterEach, beforeEach, vi } from "vitest";
import { FORM_OPEN_MIN_MS } from "@/lib/limits";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import { Controller } from "@/widget/panel/controller";
import { english } from "@/widget/panel/texts";
import { openStore, type Store } from "@/widget/shared/storage";
import { FakeNetwork } from "./fake-network";

export const INPUT = {
  name: "Hannah",
  email: "h@x.de",
  phone: "030 1234567",
  country: "DE",
  message: "Hello",
  topic: "",
};

let typed = "";

/** Types into the form's message field. */
export function typeMessage(text: string): void {
  typed = text;
}

export const OPTIONS = {
  texts: english,
  asked: DEFAULT_WIDGET_SETTINGS.form,
  isIdentityRequired: false,
  typedMessage: () => typed,
  onIdentity: () => undefined,
};

export const RATE_LIMITED = { code: "RATE_LIMITED" as const, message: "In English.", retryAfterMs: 2_500 };

export let store: Store;
export let network: FakeNetwork;
export let controller: Controller;

/** A page load: what the page before left in the store is still there, its requests are not. */
export function loadPage(): void {
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
export const settled = () => vi.advanceTimersByTimeAsync(0);

export async function startChat(): Promise<void> {
  controller.submitForm(INPUT);
  network.starts[0]?.answer({ kind: "started", conversationId: "c1" });
  await settled();
}

export function write(text: string): void {
  controller.changeDraft(text);
  controller.send();
}

/** For each test of the file: an empty store, and a page whose form has been looked at. */
export function useScene(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    typed = "";
    store = openStore("ws_1", null);
    loadPage();
    lookAtForm();
  });
  afterEach(() => vi.useRealTimers());
}
