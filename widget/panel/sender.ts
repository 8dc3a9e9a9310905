import type { Link } from "./link";
import type { SendResult } from "./network";
import { explainRefusal } from "./refusals";
import { nextToSend, type WidgetEvent, type WidgetState } from "./state";
import type { Texts } from "./texts";

type Options = {
  texts: Texts;
  state: () => WidgetState;
  /** Nothing that is sent now would be taken. */
  isHeld: () => boolean;
  dispatch: (event: WidgetEvent) => void;
  onExpired: (reason: string) => void;
  /** There is no such conversation any more. */
  onGone: () => void;
};

/** Sends what is queued, one message at a time. The connection carries it through any number of breaks. */
export class Sender {
  #sendingId: string | null = null;

  constructor(
    private readonly link: Link,
    private readonly options: Options,
  ) {}

  async next(): Promise<void> {
    const { state, isHeld } = this.options;
    const message = nextToSend(state());
    const { view } = state();
    const { connection } = this.link;
    if (!message || !connection || view.kind !== "chat" || this.#sendingId !== null || isHeld()) return;
    this.#sendingId = message.clientMessageId;
    const result = await connection.send(view.conversationId, message);
    if (this.link.connection !== connection) return;
    this.#sendingId = null;
    this.#settle(message.clientMessageId, result);
    // Until a session is there, another try would end as this one did.
    if (result.kind !== "expired") void this.next();
  }

  /** Whatever was on its way has no answer any more, and goes again under its message id. */
  forget(): void {
    this.#sendingId = null;
  }

  #settle(clientMessageId: string, result: SendResult): void {
    const { texts, dispatch, onExpired, onGone } = this.options;
    switch (result.kind) {
      case "delivered":
        return dispatch({ type: "sendDelivered", clientMessageId });
      case "refused":
        return dispatch({ type: "sendRefused", clientMessageId, reason: result.reason });
      case "failed": {
        const reason = explainRefusal(result.refusal, texts) ?? texts.notSent;
        return dispatch({ type: "sendFailed", clientMessageId, reason });
      }
      case "expired":
        return onExpired(result.reason);
      case "gone":
        return onGone();
      default:
        return result satisfies never;
    }
  }
}
