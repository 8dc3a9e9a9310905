import { ATTACHMENTS_MAX } from "../../lib/limits";
import type { WidgetForm } from "../../lib/widget-settings";
import type { IdentityEventDetail } from "../api";
import type { Store } from "../shared/storage";
import { checkField, checkForm, type FormField, type FormInput, type FormValues } from "./form-fields";
import { FirstMessage, type Starter } from "./first-message";
import { Identity } from "./identity";
import { Link } from "./link";
import type { Network, RunningConversation } from "./network";
import { newMessageId, newVisitorKey } from "./random";
import * as records from "./records";
import { explainForm } from "./refusals";
import { Sender } from "./sender";
import { Signals } from "./signals";
import { lastSequence, reduce, type WidgetEvent, type WidgetState } from "./state";
import type { Texts } from "./texts";
import { Uploads } from "./uploads";

type ControllerOptions = {
  texts: Texts;
  asked: WidgetForm;
  isIdentityRequired: boolean;
  /** What is in the form's message field and not sent. */
  typedMessage: () => string;
  onChange: (state: WidgetState) => void;
  onIdentity: (detail: IdentityEventDetail) => void;
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
  readonly #identity: Identity;
  readonly #first: FirstMessage;
  readonly #sender: Sender;
  /** What the team is told and asked beside messages. */
  readonly signals: Signals;
  readonly #end = new AbortController();
  #resume: (() => void) | null = null;
  /** When the visitor first saw the panel of this page. */
  #openedAt: number | null = null;
  /** Held here too: the record may be wiped while the page is open, and the connection goes by this one. */
  #key: string | null = null;

  constructor(
    private readonly store: Store,
    private readonly network: Network,
    private readonly options: ControllerOptions,
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
      onExpired: (reason) => this.#identity.expired(reason),
    });
    this.#identity = new Identity(store, this.#link, {
      onVerified: (record) => this.#becomeVisitor(record),
      onLeft: () => {
        records.forgetVisitor(store);
        this.#beginAnew();
      },
      onExpired: () => this.#dispatch({ type: "noted", note: options.texts.signInAgain }),
      onClaims: (values) => {
        this.prefill(values);
        this.#noteOnForm(null);
      },
      report: options.onIdentity,
    });
    this.signals = new Signals({
      texts,
      connection: () => this.#link.connection,
      conversationId: () => (this.#state.view.kind === "chat" ? this.#state.view.conversationId : null),
      onNote: (note) => this.#dispatch({ type: "noted", note }),
    });
    this.#sender = new Sender(this.#link, {
      texts,
      state: () => this.#state,
      isHeld: () => this.#identity.isExpired,
      dispatch: (event) => this.#dispatch(event),
      onExpired: (reason) => this.#identity.expired(reason),
      onGone: () => this.#followConversation(null),
    });
    this.#first = new FirstMessage(store, network, this.#end.signal, {
      starter: () => this.#starter(),
      onUnreachable: () => this.#dispatch({ type: "startUnreachable" }),
      onRefused: (result, start) => {
        if (result.refusal) this.#identity.refused(result.refusal);
        const explained = explainForm(result, start, options);
        this.#dispatch({ type: "startRefused", ...explained });
        // Another tab's chat may have taken the place of the form meanwhile.
        if (this.#state.view.kind === "chat") {
          this.#dispatch({ type: "noted", note: explained.notice ?? options.texts.notSent });
          this.#writeOn(start.message);
        }
      },
      onStarted: (...started) => this.#enterStarted(...started),
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
    if (this.options.isIdentityRequired && !this.#identity.claim) {
      this.#noteOnForm(this.options.texts.signInFirst);
    }
    if (this.#state.view.kind === "chat") this.#enterConversation(this.#state.view.conversationId);
    else if (this.#state.view.status === "starting") this.#first.resume();
  }

  open(): void {
    this.#openedAt ??= performance.now();
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
  }

  prefill(values: Partial<FormValues>): void {
    this.#dispatch({ type: "prefilled", values });
  }

  /** Who is signed in on the page, by the site's token; null: nobody. */
  identify(token: string | null): void {
    this.#identity.set(token);
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
    this.#dispatch({ type: "startRequested" });
    this.#first.submit(checked.values, { topic: input.topic, openedAt: this.#openedAt ?? performance.now() });
  }

  changeDraft(text: string): void {
    this.#dispatch({ type: "draftChanged", text });
    this.signals.tellTyping(text.trim() !== "");
  }

  send(): void {
    this.signals.tellTyping(false);
    // What was noted has been read by now; that the visitor is signed out still holds.
    if (!this.#identity.isExpired) this.#dispatch({ type: "noted", note: null });
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
    const found = await connection.messagesBefore(view.conversationId, first);
    if (this.#link.connection !== connection) return;
    this.#dispatch({ type: "earlierReceived", ...found });
  }

  toggleSound(): void {
    this.#dispatch({ type: "soundToggled" });
  }

  #suspend(): void {
    this.#resume ??= this.#link.suspend();
    this.#sender.forget();
  }

  #takeUp(): void {
    this.#resume?.();
    this.#resume = null;
    this.#identity.signIn();
    void this.#sender.next();
  }

  #dispatch(event: WidgetEvent): void {
    if (this.#end.signal.aborted) return;
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state === before) return;
    records.persistChanges(this.store, before, this.#state);
    this.options.onChange(this.#state);
    this.#markSeen();
    void this.#sender.next();
  }

  /** Made before the first request that carries it, so that a lost answer can be asked for again. */
  #visitorKey(): string {
    this.#key ??= records.readVisitor(this.store)?.key ?? null;
    if (this.#key === null) {
      this.#key = newVisitorKey();
      records.writeVisitor(this.store, { key: this.#key, conversationId: null, user: null });
    }
    return this.#key;
  }

  /** The visitor is this one from now on, in this tab as in the record. */
  #becomeVisitor(record: records.VisitorRecord): void {
    const isOther = record.key !== this.#visitorKey();
    records.writeVisitor(this.store, record);
    if (isOther) {
      this.#suspend();
      this.#resume = null;
      this.#key = record.key;
      this.#first.repeat();
    }
    this.#dispatch({ type: "noted", note: null });
    const { conversationId } = record;
    if (conversationId !== null) this.#followConversation({ conversationId, status: "open" });
    void this.#sender.next();
  }

  /** Begins with what the records say now, as a page load does. */
  #beginAnew(): void {
    this.#suspend();
    this.#resume = null;
    this.#key = null;
    this.#first.forget();
    this.uploads.end();
    const { visit, isOpen } = this.#state;
    const state = { ...records.readState(this.store, this.options.texts), visit: visit + 1, isOpen };
    this.#dispatch({ type: "begun", state });
    if (state.view.kind === "chat") this.#enterConversation(state.view.conversationId);
    // Of the tab that has changed the visitor: whichever is left to see the answer has it.
    else if (state.view.status === "starting") this.#first.resume();
  }

  #starter(): Starter {
    const { claim } = this.#identity;
    const { customData: pageData } = this.signals;
    const customData = pageData === null ? {} : { customData: pageData };
    // The websocket comes up while the first message travels.
    this.#link.connect();
    return claim
      ? { visitorKey: claim.visitorKey, identityToken: claim.identityToken, ...customData }
      : { visitorKey: this.#visitorKey(), ...customData };
  }

  #enterStarted(
    conversationId: string,
    { clientMessageId, message }: records.StartRecord,
    { identityToken }: Starter,
  ): void {
    if (identityToken !== undefined) this.#identity.verified(identityToken, conversationId);
    this.#rememberConversation(conversationId);
    records.forgetStart(this.store);
    const first = { clientMessageId, body: message, files: [], createdAt: Date.now() };
    this.#dispatch({ type: "conversationStarted", conversationId, first });
    this.#enterConversation(conversationId);
  }

  #noteOnForm(notice: string | null): void {
    const { view } = this.#state;
    if (view.kind === "form" && view.status === "editing") {
      this.#dispatch({ type: "startRefused", errors: {}, notice });
    }
  }

  /** The browser has a network again; whether the server answers is for the connection to find out. */
  #goOnline(): void {
    const { view } = this.#state;
    if (view.kind === "form" && view.status === "waiting") this.#first.retry();
    this.#link.report();
  }

  #enterConversation(conversationId: string): void {
    this.#link.enter(conversationId);
    this.signals.tellPage();
    void this.#sender.next();
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
    const user = records.readVisitor(this.store)?.user ?? null;
    records.writeVisitor(this.store, { key: this.#visitorKey(), conversationId, user });
  }

  /** Another tab has written: a conversation that it started is this tab's too. */
  #adoptRecord(name: string): void {
    if (name === "seen") this.#dispatch({ type: "messagesSeen", sequence: records.readSeen(this.store) });
    const record = records.readVisitor(this.store);
    const conversationId = record?.conversationId;
    // Who was here is not the visitor any more.
    if (name === "visitor" && record && this.#key !== null && record.key !== this.#key) this.#beginAnew();
    const { view } = this.#state;
    if (name !== "visitor" || !conversationId || view.kind !== "form") return;
    // A first message that is on its way arrives by itself.
    const typed = view.status === "editing" ? this.options.typedMessage() : "";
    this.#dispatch({ type: "conversationFound", conversationId, status: "open" });
    this.#writeOn(typed);
    this.#enterConversation(conversationId);
  }

  /** What was written for the form goes on in the chat, before what is there. */
  #writeOn(text: string): void {
    const texts = [text, this.#state.draft].filter((each) => each.trim() !== "");
    this.#dispatch({ type: "draftChanged", text: texts.join("\n\n") });
  }

  /** What is on the screen of somebody who can see it has been seen. */
  #markSeen(): void {
    const isLooking = this.#state.isOpen && document.visibilityState === "visible";
    const sequence = lastSequence(this.#state);
    if (!isLooking || sequence <= this.#state.seenSequence) return;
    this.#dispatch({ type: "messagesSeen", sequence });
    this.signals.tellRead(sequence);
  }
}
