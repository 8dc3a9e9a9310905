import { CUSTOM_DATA_MAX, TYPING_MS } from "../../lib/limits";
import { type Action, type ActionArgs, type ChatConnection, pageAddress } from "./network";
import { explainRefusal } from "./refusals";
import type { Texts } from "./texts";

type Options = {
  texts: Texts;
  connection: () => ChatConnection | null;
  /** The chat that is on the screen; null while the form is. */
  conversationId: () => string | null;
  /** Says what became of something the visitor asked for; null takes an earlier note away. */
  onNote: (note: string | null) => void;
};

/**
 * What the team is told and asked beside messages. Unlike a message, none of it is stored: what a page has not got rid of
 * when it is left goes with it.
 */
export class Signals {
  #pageData: string | null = null;
  /** When the team was last told that the visitor writes; 0: that they do not. */
  #typingTold = 0;

  constructor(private readonly options: Options) {}

  /** What the page says about itself, as a first message carries it. */
  get customData(): string | null {
    return this.#pageData;
  }

  /** It goes along with the first message, or at once where a chat runs. */
  setPageData(data: string): void {
    this.#pageData = data.length <= CUSTOM_DATA_MAX ? data : null;
    this.tellPage();
  }

  tellPage(): void {
    const { connection, conversationId } = this.options;
    if (conversationId() === null || this.#pageData === null) return;
    void connection()?.act("setPageData", { customData: this.#pageData, page: pageAddress() });
  }

  /** A sign is good for a few seconds, so that it is renewed only now and then. */
  tellTyping(isTyping: boolean): void {
    const conversationId = this.options.conversationId();
    const isTold = isTyping ? Date.now() < this.#typingTold + TYPING_MS / 2 : this.#typingTold === 0;
    if (conversationId === null || isTold) return;
    this.#typingTold = isTyping ? Date.now() : 0;
    void this.options.connection()?.act("setTyping", { conversationId, isTyping });
  }

  tellRead(sequence: number): void {
    const conversationId = this.options.conversationId();
    if (conversationId !== null)
      void this.options.connection()?.act("markRead", { conversationId, sequence });
  }

  askHuman(): void {
    const conversationId = this.options.conversationId();
    if (conversationId !== null) void this.#ask("requestHumanAgent", { conversationId }, null);
  }

  endChat(): void {
    const conversationId = this.options.conversationId();
    if (conversationId !== null) void this.#ask("endConversation", { conversationId }, null);
  }

  leaveEmail(email: string): void {
    void this.#ask("leaveEmail", { email }, this.options.texts.emailLeft);
  }

  /** Asks the browser, which asks the visitor. */
  shareLocation(): void {
    const { texts, onNote } = this.options;
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) =>
        void this.#ask("setPreciseLocation", { lat, lng, accuracy }, texts.locationShared),
      () => onNote(texts.locationRefused),
    );
  }

  /** `done` is what the visitor is told once the server has done it; null where that shows by itself. */
  async #ask<Name extends Action>(name: Name, args: ActionArgs<Name>, done: string | null): Promise<void> {
    const { texts, connection, onNote } = this.options;
    const refusal = await connection()?.act(name, args);
    if (refusal === undefined) return;
    const reason = refusal === "failed" ? null : explainRefusal(refusal, texts);
    onNote(refusal === null ? done : (reason ?? texts.notDone));
  }
}
