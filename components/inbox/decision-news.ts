import type { ConversationChange } from "@/components/hooks/use-decide";

type Told = {
  /** How the visitor of a single conversation is called. */
  who: string;
  /** The name of who gets the conversations; nobody without one. */
  assignee?: string;
  /** The end of a snooze as people read it. */
  until?: string;
};

/** What has happened, and what it means where that is not plain. */
export function decisionNews(change: ConversationChange, count: number, told: Told): string {
  const many = count === 1 ? null : `${count} conversations: `;
  const say = (text: string) => (many === null ? text : many + text[0]?.toLowerCase() + text.slice(1));
  switch (change.kind) {
    case "assign":
      return say(told.assignee === undefined ? "Assigned to nobody." : `Assigned to ${told.assignee}.`);
    case "snooze":
      return say(`Snoozed until ${told.until ?? "later"}.`);
    case "tag":
      return say(`Tagged “${change.tag}”.`);
    case "untag":
      return say(`Tag “${change.tag}” removed.`);
    case "status":
      return say(statusNews(change.status, count === 1 ? told.who : null));
  }
}

function statusNews(status: "open" | "snoozed" | "resolved" | "closed", who: string | null): string {
  const after = who === null ? "" : ` ${who} can still reply.`;
  switch (status) {
    case "open":
      return "Open again.";
    case "snoozed":
      return "Snoozed.";
    case "resolved":
      return `Resolved.${after}`;
    case "closed":
      return `Closed.${after}`;
  }
}
