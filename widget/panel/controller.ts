import { ATTACHMENTS_MAX, TYPING_MS } from "../../lib/limits";
import type { WidgetForm } from "../../lib/widget-settings";
import type { Store } from "../shared/storage";
import { checkField, checkForm, type FormField, type FormInput, type FormValues } from "./form-fields";
import { Link } from "./link";
import type { MessagesPage, Network, RunningConversation, SendResult } from "./network";
import { newMessageId, newVisitorKey } from "./random";
import * as records from "./records";
import {
  lastSequence,
  nextToSend,
  reduce,
  type ThreadMessage,
  type WidgetEvent,
  type WidgetState,
} from "./state";
import { explainRefusal } from "./refusals";
import type { Texts } from "./texts";
import { Uploads } from "./uploads";

const START_RETRY_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** What the views may do. */
export type Actions = {
  close: () => void;
  /** Shows what is wrong with one field, or that nothing is any more. */
  checkField: (field: FormField, input: FormInput) => void;
  submitForm: (input: FormInput) => void;
  changeDraft: (text: string) => void;
  send: () => void;
  retry: (clientMessageId: string) => void;
  remove: (clientMessageId: string) => void;
  addFiles: (files: readonly File[]) => void;
  retryFile: (key: string) => void;
  removeFile: (key: string) => void;
  showEarlier: () => void;
  askHuman: () => void;
  endChat: () => void;
  shareLocation: () => void;
  toggleSound: () => void;
};

/**
 * Holds the state and carries out what follows from it: requests, subscriptions, records. It draws nothing; whoever
 * draws is told of each new state by `onChange`.
 */
export class Controller {
  #state: WidgetState;
  readonly #link: Link;
  /** The files of the draft on their way to the server. */
  readonly uploads: Uploads;
  readonly #end = new AbortController();
  #resume: (() => void) | null = null;
  #sendingId: string | null = null;
  /** When the team was last told that the visitor writes; 0: that they do not. */
  #typingTold = 0;
  #isStarting = false;
  #startFailures = 0;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  /** Held here too: the record may be wiped while the page is open, and the connection goes by this one. */
  #key: string | null = null;
  /** The last attempt to start, so that pressing again after a failure repeats it under the same message id. */
  #lastStart: records.StartRecord | null = null;

  constructor(
    private readonly store: Store,
    private readonly network: Network,
    private readonly options: { texts: Texts; asked: WidgetForm; onChange: (state: WidgetState) => void },
  ) {
    const { texts } = options;
    this.#state = records.readState(store, texts);
    this.uploads = new Uploads({
      texts,
      connection: () => this.#link.connection,
      room: () => ATTACHMENTS_MAX - this.#state.files.length,
      dispatch: (event) => this.#dispatch(event),
    });
    this.#link = new Link(network, () => this.#visitorKey(), {
      onConnection: (connection) => this.#dispatch({ type: "connectionChanged", connection }),
      onMessages: (messages) => this.#dispatch({ type: "messagesReceived", messages }),
      onTeam: (team) => this.#dispatch({ type: "teamChanged", team }),
      onConversation: (running) => this.#followConversation(running),
    });
  }

  get state(): WidgetState {
    return this.#state;
  }

  /** Takes up what an earlier page left: a running conversation, or a first message without an answer. */
  begin(): void {
    const { signal } = this.#end;
    addEventListener("online", () => this.#goOnline(), { signal });
    addEventListener("offline", () => this.#dispatch({ type: "connectionChanged", connection: "offline" }), {
      signal,
    });
    // Not every browser keeps a page with an open websocket for the way back.
    addEventListener("pagehide", () => this.#suspend(), { signal });
    addEventListener("pageshow", () => this.#takeUp(), { signal });
    document.addEventListener("visibilitychange", () => this.#markSeen(), { signal });
    const stopWatching = this.store.watch((name) => this.#adoptRecord(name));
    signal.addEventListener("abort", stopWatching);
    if (this.#state.view.kind === "chat") this.#enterConversation(this.#state.view.conversationId);
    else if (this.#state.view.status === "starting") void this.#attemptStart(records.readStart(this.store));
  }

  open(): void {
    this.#dispatch({ type: "opened" });
  }

  close(): void {
    this.#dispatch({ type: "closed" });
  }

  /** Ends requests, timers, listeners and the websocket. What is stored stays. */
  destroy(): void {
    this.#end.abort();
    this.uploads.end();
    this.#suspend();
    clearTimeout(this.#startTimer);
  }

  prefill(values: Partial<FormValues>): void {
    this.#dispatch({ type: "prefilled", values });
  }

  checkField(field: FormField, input: FormInput): void {
    const { view } = this.#state;
    if (view.kind !== "form") return;
    const checked = checkField(field, input, this.options);
    const errors = { ...view.errors, [field]: checked.ok ? undefined : checked.reason };
    this.#dispatch({ type: "formChecked", errors });
  }

  submitForm(input: FormInput): void {
    const { view } = this.#state;
    if (view.kind !== "form" || view.status === "starting") return;
    const checked = checkForm(input, this.options);
    if (!checked.ok) {
      this.#dispatch({ type: "formChecked", errors: checked.errors });
      return;
    }
    const isRepeat = this.#lastStart?.message === checked.values.message;
    const clientMessageId = isRepeat && this.#lastStart ? this.#lastStart.clientMessageId : newMessageId();
    const start = { ...checked.values, clientMessageId };
    records.writeStart(this.store, start);
    this.#dispatch({ type: "startRequested" });
    void this.#attemptStart(start);
  }

  changeDraft(text: string): void {
    this.#dispatch({ type: "draftChanged", text });
    this.#tellTyping(text.trim() !== "");
  }

  send(): void {
    this.#tellTyping(false);
    this.#dispatch({ type: "sendRequested", clientMessageId: newMessageId(), now: Date.now() });
  }

  retry(clientMessageId: string): void {
    this.#dispatch({ type: "retryRequested", clientMessageId });
  }

  remove(clientMessageId: string): void {
    this.#dispatch({ type: "deleteRequested", clientMessageId });
  }

  /** Loads the messages before the oldest one that is here. */
  async showEarlier(): Promise<void> {
    const { view, earlier, messages } = this.#state;
    const { connection } = this.#link;
    if (view.kind !== "chat" || earlier !== "some" || !connection) return;
    this.#dispatch({ type: "earlierRequested" });
    const first = messages?.[0]?.sequence ?? 0;
    let cursor: string | null = null;
    const found: ThreadMessage[] = [];
    // Pages count from the newest message, and the first ones are here already.
    do {
      const page: MessagesPage = await connection.messagesPage(view.conversationId, cursor);
      if (this.#link.connection !== connection) return;
      found.unshift(...page.messages.filter(({ sequence }) => sequence < first).reverse());
      cursor = page.nextCursor;
    } while (found.length === 0 && cursor !== null);
    this.#dispatch({ type: "earlierReceived", messages: found, isDone: cursor === null });
  }

  askHuman(): void {
    void this.#act("requestHumanAgent");
  }

  endChat(): void {
    void this.#act("endConversation");
  }

  toggleSound(): void {
    this.#dispatch({ type: "soundToggled" });
  }

  /** Asks the browser, which asks the visitor. */
  shareLocation(): void {
    const { texts } = this.options;
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) => {
        const sharing = this.#link.connection?.act("setPreciseLocation", { lat, lng, accuracy });
        void sharing?.then((refusal) =>
          this.#dispatch({ type: "noted", note: refusal === null ? texts.locationShared : texts.notDone }),
        );
      },
      () => this.#dispatch({ type: "noted", note: texts.locationRefused }),
    );
  }

  /** Does something about the running conversation, and says so when it was not done. */
  async #act(name: "requestHumanAgent" | "endConversation"): Promise<void> {
    const { view } = this.#state;
    if (view.kind !== "chat" || !this.#link.connection) return;
    const { conversationId } = view;
    const refusal = await this.#link.connection.act(name, { conversationId });
    this.#dispatch({ type: "noted", note: refusal === null ? null : this.options.texts.notDone });
  }

  /** A sign is good for a few seconds, so that it is renewed only now and then. */
  #tellTyping(isTyping: boolean): void {
    const { view } = this.#state;
    if (
      view.kind !== "chat" ||
      (isTyping ? Date.now() < this.#typingTold + TYPING_MS / 2 : this.#typingTold === 0)
    ) {
      return;
    }
    this.#typingTold = isTyping ? Date.now() : 0;
    void this.#link.connection?.act("setTyping", { conversationId: view.conversationId, isTyping });
  }

  #suspend(): void {
    this.#resume ??= this.#link.suspend();
    // Whatever was on its way has no answer any more, and goes again under its message id.
    this.#sendingId = null;
  }

  #takeUp(): void {
    this.#resume?.();
    this.#resume = null;
    void this.#sendNext();
  }

  #dispatch(event: WidgetEvent): void {
    if (this.#end.signal.aborted) return;
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state === before) return;
    records.persistChanges(this.store, before, this.#state);
    this.options.onChange(this.#state);
    this.#markSeen();
    void this.#sendNext();
  }

  /** Made before the first request that carries it, so that a lost answer can be asked for again. */
  #visitorKey(): string {
    this.#key ??= records.readVisitor(this.store)?.key ?? null;
    if (this.#key === null) {
      this.#key = newVisitorKey();
      records.writeVisitor(this.store, { key: this.#key, conversationId: null });
    }
    return this.#key;
  }

  async #attemptStart(start: records.StartRecord | null): Promise<void> {
    if (!start || this.#isStarting) return;
    this.#isStarting = true;
    this.#lastStart = start;
    clearTimeout(this.#startTimer);
    const visitorKey = this.#visitorKey();
    // The websocket comes up while the first message travels.
    this.#link.connect();
    const result = await this.network.start(start, visitorKey, this.#end.signal);
    this.#isStarting = false;
    if (this.#end.signal.aborted) return;
    switch (result.kind) {
      case "unreachable":
        this.#startTimer = setTimeout(
          () => void this.#attemptStart(start),
          START_RETRY_MS[Math.min(this.#startFailures++, START_RETRY_MS.length - 1)],
        );
        this.#dispatch({ type: "startUnreachable" });
        return;
      case "refused":
        records.forgetStart(this.store);
        this.#dispatch({
          type: "startRefused",
          errors: result.errors,
          notice:
            Object.keys(result.errors).length > 0
              ? null
              : (result.message ?? this.options.texts.serviceFailed),
        });
        return;
      case "started":
        this.#lastStart = null;
        this.#startFailures = 0;
        this.#rememberConversation(result.conversationId);
        records.forgetStart(this.store);
        this.#dispatch({
          type: "conversationStarted",
          conversationId: result.conversationId,
          first: {
            clientMessageId: start.clientMessageId,
            body: start.message,
            files: [],
            createdAt: Date.now(),
          },
        });
        this.#enterConversation(result.conversationId);
        return;
      default:
        result satisfies never;
    }
  }

  /** The browser has a network again; whether the server answers is for the connection to find out. */
  #goOnline(): void {
    const { view } = this.#state;
    if (view.kind === "form" && view.status === "waiting") void this.#attemptStart(this.#lastStart);
    this.#link.report();
  }

  #enterConversation(conversationId: string): void {
    this.#link.enter(conversationId);
    void this.#sendNext();
  }

  #followConversation(running: RunningConversation | null): void {
    if (running) {
      this.#rememberConversation(running.conversationId);
      this.#dispatch({ type: "conversationFound", ...running });
      this.#enterConversation(running.conversationId);
    } else {
      this.#rememberConversation(null);
      this.#dispatch({ type: "conversationLost", notice: this.options.texts.conversationLost });
    }
  }

  #rememberConversation(conversationId: string | null): void {
    records.writeVisitor(this.store, { key: this.#visitorKey(), conversationId });
  }

  /** Another tab has written: a conversation that it started is this tab's too. */
  #adoptRecord(name: string): void {
    if (name === "seen") this.#dispatch({ type: "messagesSeen", sequence: records.readSeen(this.store) });
    const conversationId = records.readVisitor(this.store)?.conversationId;
    if (name !== "visitor" || !conversationId || this.#state.view.kind !== "form") return;
    this.#dispatch({ type: "conversationFound", conversationId, status: "open" });
    this.#enterConversation(conversationId);
  }

  /** One message at a time. The connection carries it through any number of breaks. */
  async #sendNext(): Promise<void> {
    const message = nextToSend(this.#state);
    const { view } = this.#state;
    const { connection } = this.#link;
    if (!message || !connection || view.kind !== "chat" || this.#sendingId !== null) return;
    this.#sendingId = message.clientMessageId;
    const result = await connection.send(view.conversationId, message);
    if (this.#link.connection !== connection) return;
    this.#sendingId = null;
    this.#settle(message.clientMessageId, result);
    void this.#sendNext();
  }

  #settle(clientMessageId: string, result: SendResult): void {
    switch (result.kind) {
      case "delivered":
        return this.#dispatch({ type: "sendDelivered", clientMessageId });
      case "refused":
        return this.#dispatch({ type: "sendRefused", clientMessageId, reason: result.reason });
      case "failed":
        return this.#dispatch({
          type: "sendFailed",
          clientMessageId,
          reason: explainRefusal(result.refusal, this.options.texts) ?? this.options.texts.notSent,
        });
      case "gone":
        return this.#followConversation(null);
      default:
        return result satisfies never;
    }
  }

  /** What is on the screen of somebody who can see it has been seen. */
  #markSeen(): void {
    const isLooking = this.#state.isOpen && document.visibilityState === "visible";
    const sequence = lastSequence(this.#state);
    if (!isLooking || sequence <= this.#state.seenSequence) return;
    this.#dispatch({ type: "messagesSeen", sequence });
    const { view } = this.#state;
    if (view.kind !== "chat") return;
    void this.#link.connection?.act("markRead", { conversationId: view.conversationId, sequence });
  }
}
