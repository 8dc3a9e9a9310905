import { CUSTOM_DATA_MAX, TYPING_MS } from "../../lib/limits";
import type { PageData } from "../api";
import { type ChatConnection, pageAddress } from "./network";
import type { Texts } from "./texts";

type Options = {
  texts: Texts;
  connection: () => ChatConnection | null;
  /** The chat that is on the screen; null while the form is. */
  conversationId: () => string | null;
  /** Says what became of something the visitor asked for; null: it has been done, which shows by itself. */
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
  setPageData(data: PageData): void {
    const text = JSON.stringify(data);
    this.#pageData = text.length <= CUSTOM_DATA_MAX ? text : null;
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
    void this.#ask("requestHumanAgent");
  }

  endChat(): void {
    void this.#ask("endConversation");
  }

  /** Asks the browser, which asks the visitor. */
  shareLocation(): void {
    const { texts, connection, onNote } = this.options;
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) => {
        const sharing = connection()?.act("setPreciseLocation", { lat, lng, accuracy });
        void sharing?.then((refusal) => onNote(refusal === null ? texts.locationShared : texts.notDone));
      },
      () => onNote(texts.locationRefused),
    );
  }

  async #ask(name: "requestHumanAgent" | "endConversation"): Promise<void> {
    const { texts, connection, onNote } = this.options;
    const conversationId = this.options.conversationId();
    const refusal = conversationId === null ? undefined : await connection()?.act(name, { conversationId });
    if (refusal !== undefined) onNote(refusal === null ? null : texts.notDone);
  }
}
