/** What the SDK gives and takes, in the words of REST and webhooks: the types are made from the same source. */
import type {
  Brand,
  Conversation,
  ConversationCreatedEvent,
  ConversationStatusChangedEvent,
  Lead,
  LeadCreatedEvent,
  LeadStatusChangedEvent,
  Message,
  MessageCreatedEvent,
} from "../../lib/api/types.js";

export type { Brand, Conversation, Lead, Message };

/** A change, as the feed gives it and webhooks send it. */
export type PraxTalkEvent =
  | ConversationCreatedEvent
  | ConversationStatusChangedEvent
  | MessageCreatedEvent
  | LeadCreatedEvent
  | LeadStatusChangedEvent;
export type EventType = PraxTalkEvent["type"];

export type ConversationStatus = Conversation["status"];
export type Channel = Conversation["channel"];
export type LeadStatus = Lead["status"];

export type InboxFilter = {
  /** Open without it. */
  status?: ConversationStatus;
  /** Id of one brand; all that the token covers without it. */
  brand?: string;
  /** At most one of `channel` and `assignee`. */
  channel?: Channel;
  /** An operator's id, "me", or null for conversations of nobody. */
  assignee?: string | null;
};

export type LeadFilter = { status?: LeadStatus; brand?: string; limit?: number };
export type NewLead = Pick<Lead, "name" | "email" | "phone" | "notes"> & {
  status?: LeadStatus;
  conversationId?: string;
  brand?: string;
};
/** null empties a field. */
export type LeadChange = {
  name?: string;
  email?: string | null;
  phone?: string | null;
  notes?: string | null;
  status?: LeadStatus;
};

/** Who is in a conversation at the moment, beside the operator in whose name the token acts. */
export type Presence = {
  operators: { id: string; name: string; isViewing: boolean; isTyping: boolean }[];
  visitor: { isTyping: boolean };
};

/** One page of a list, newest first. Pass `cursor` for the next; null on the last page. */
export type Page<Row> = { rows: Row[]; cursor: string | null };
export type PageRequest = {
  cursor?: string | null;
  /** 50 without it, at most 200. */
  limit?: number;
};

/** Stops a subscription. */
export type Stop = () => void;

/**
 * `connecting`: before the first connection; `open`: what subscriptions showed last is true; `lost`: they may be behind,
 * and catch up by themselves once the connection is back.
 */
export type Connection = "connecting" | "open" | "lost";
