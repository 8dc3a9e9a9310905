/** The functions of the deployment that the SDK calls, by name: `v1/` changes by gaining fields only. */
import type { FunctionReference, PaginationOptions, PaginationResult } from "convex/server";
import type { Brand, Channel, Conversation, ConversationStatus, EventType } from "./types.js";
import type { Lead, LeadChange, LeadStatus, Message, PraxTalkEvent, Presence } from "./types.js";

type Query<Args, Result> = FunctionReference<"query", "public", Args & { sessionToken: string }, Result>;
type Mutation<Args, Result> = FunctionReference<
  "mutation",
  "public",
  Args & { sessionToken: string },
  Result
>;

/** The client takes a name where it takes a reference. */
const query = <Args, Result>(name: string) => name as unknown as Query<Args, Result>;
const mutation = <Args, Result>(name: string) => name as unknown as Mutation<Args, Result>;

type Inbox = {
  status?: ConversationStatus;
  brandId?: string;
  channel?: Channel;
  assignee?: string | null;
};
type OfConversation = { conversationId: string };
type Outgoing = OfConversation & { body: string; clientMessageId: string };

export const listInbox = query<Inbox & { limit?: number }, Conversation[]>("v1/inbox:list");
export const pageInbox = query<Inbox & { paginationOpts: PaginationOptions }, PaginationResult<Conversation>>(
  "v1/inbox:page",
);
export const getConversation = query<OfConversation, Conversation | null>("v1/conversations:get");
export const updateConversation = mutation<
  OfConversation & { status?: ConversationStatus; assignee?: string | null; snoozedUntil?: number },
  null
>("v1/conversations:update");
export const listMessages = query<OfConversation & { limit?: number }, Message[]>("v1/messages:list");
export const pageMessages = query<
  OfConversation & { paginationOpts: PaginationOptions },
  PaginationResult<Message>
>("v1/messages:page");
export const sendMessage = mutation<Outgoing, Message>("v1/messages:send");
export const addNote = mutation<Outgoing, { messageId: string }>("v1/messages:addNote");
export const getPresence = query<OfConversation, Presence | null>("v1/presence:get");
export const updatePresence = mutation<OfConversation & { isTyping?: boolean; isViewing?: boolean }, null>(
  "v1/presence:update",
);
export const listLeads = query<{ status?: LeadStatus; brandId?: string; limit?: number }, Lead[]>(
  "v1/leads:list",
);
export const createLead = mutation<
  Pick<Lead, "name" | "email" | "phone" | "notes"> & {
    status?: LeadStatus;
    conversationId?: string;
    brandId?: string;
  },
  Lead
>("v1/leads:create");
export const updateLead = mutation<LeadChange & { leadId: string }, Lead>("v1/leads:update");
export const listBrands = query<object, Brand[]>("v1/brands:list");
export const listEvents = query<
  { after?: string; type?: EventType; limit?: number },
  { events: PraxTalkEvent[]; cursors: string[]; nextCursor: string; hasMore: boolean }
>("v1/events:list");
export const newestEvent = query<{ type?: EventType }, { cursor: string | null }>("v1/events:newest");
export const recordUse = mutation<object, null>("agentTokens:recordUse");
