import { lastSequence, type ThreadMessage, type WidgetState } from "./state";

/**
 * Tells apart what was in the thread when the page began from what came since: each call gives the messages that
 * the calls before have not seen.
 */
export function createNewsWatch(start: WidgetState): (state: WidgetState) => ThreadMessage[] {
  let conversationId = start.view.kind === "chat" ? start.view.conversationId : null;
  // Null until the thread of an earlier page is there.
  let heard = conversationId === null ? 0 : null;
  return (state) => {
    const { view, messages } = state;
    if (view.kind === "form") {
      conversationId = null;
      heard = 0;
      return [];
    }
    if (conversationId !== view.conversationId) {
      heard = conversationId === null ? 0 : null;
      conversationId = view.conversationId;
    }
    if (messages === null) return [];
    const since = heard ?? lastSequence(state);
    heard = Math.max(since, lastSequence(state));
    return messages.filter(({ sequence }) => sequence > since);
  };
}
