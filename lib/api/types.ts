/**
 * What the REST API takes and answers, by operation. Written by `npm run build:api`: change convex/rest instead.
 * Fields may be added to answers at any time: read those that you know.
 */

/** Every answer that is not a success. */
export type ApiError = {
  /** What is wrong and what to do, for people. */
  error: string;
  /** What is wrong, for programs. */
  code:
    | "INVALID_CURSOR"
    | "BAD_REQUEST"
    | "UNAUTHENTICATED"
    | "KEY_REVOKED"
    | "KEY_EXPIRED"
    | "READ_ONLY_KEY"
    | "OTHER_BRAND"
    | "NOT_FOUND"
    | "METHOD_NOT_ALLOWED"
    | "CURSOR_EXPIRED"
    | "PAYLOAD_TOO_LARGE"
    | "UNSUPPORTED_MEDIA_TYPE"
    | "VALIDATION"
    | "IDEMPOTENCY_KEY_REUSED"
    | "RATE_LIMITED"
    | "INTERNAL"
    | "UNAVAILABLE";
  /** The same as X-Request-Id. */
  requestId: string;
  /** For VALIDATION: everything that is wrong. */
  errors?: {
    /** `#/name` for a field of the body, `?name` for a query parameter, else the name of a header. */
    pointer: string;
    code: "REQUIRED" | "UNKNOWN" | "TYPE" | "INVALID" | "LENGTH" | "RANGE";
    detail: string;
  }[];
  /** For RATE_LIMITED: the same as Retry-After. */
  retryAfterSeconds?: number;
};

/** A conversation with one visitor. */
export type Conversation = {
  /** Id of the conversation. */
  id: string;
  /** Id of the brand. */
  brandId: string;
  /** Id of the visitor. */
  visitorId: string;
  channel: "web_chat" | "email" | "whatsapp" | "voice" | "sms";
  status: "open" | "snoozed" | "resolved" | "closed";
  statusChangedAt: number | null;
  /** Null where it is not snoozed, or until the visitor writes. */
  snoozedUntil: number | null;
  assignee: string | null;
  /** Words that operators have given it. */
  tags: string[];
  /** Time of the newest message; of the start before the first. Unix milliseconds. */
  lastMessageAt: number;
  /** Newest message that the visitor can see; null before the first. */
  lastMessage: {
    /** Its text on one line, cut at 140 characters. */
    preview: string;
    /** Who wrote it; atlas is the AI agent, system what the conversation says of itself. */
    role: "visitor" | "operator" | "atlas" | "system";
    /** When it was written. Unix milliseconds. */
    at: number;
  } | null;
  /** Null when nobody waits. */
  waitingSince: number | null;
  /** When it began. Unix milliseconds. */
  createdAt: number;
  /** Time of the last change of any kind. Unix milliseconds. */
  updatedAt: number;
  /** Null unless it was merged into another of its visitor. Messages sent to it go there. */
  mergedInto: string | null;
  visitor: {
    /** Id of the visitor. */
    id: string;
    name?: string;
    email?: string;
    phone?: string;
    /** The site's own id of the visitor, where it signed it. */
    externalId?: string;
    /** Whether the site has signed externalId. What it has not signed is the visitor's own word. */
    verified: boolean;
    /** Whether the site has signed the email too. */
    emailVerified: boolean;
  };
  brand: {
    /** Id of the brand. */
    id: string;
    name: string;
    primaryColor: string;
  } | null;
};

/** A message that the visitor can see. */
export type Message = {
  /** Id of the message. */
  id: string;
  /** Id of its conversation. */
  conversationId: string;
  /** Id of the brand. */
  brandId: string;
  channel: "web_chat" | "email" | "whatsapp" | "voice" | "sms";
  /** Who wrote it; atlas is the AI agent, system what the conversation says of itself. */
  role: "visitor" | "operator" | "atlas" | "system";
  /** Its text; empty for a message of files alone. */
  body: string;
  /** Its files, up to five. */
  attachments: Attachment[];
  /** Name of the operator or program; null for the visitor. */
  senderName: string | null;
  senderOperatorId: string | null;
  /** Its place in the conversation. Internal notes take places too. */
  sequence: number;
  /** When it was written. Unix milliseconds. */
  createdAt: number;
};

/** A file of a message. */
export type Attachment = {
  name: string;
  /** image/png, image/jpeg, image/gif or image/webp by the file's own bytes, else application/octet-stream. */
  type: string;
  /** Bytes. */
  size: number;
  /** Where the file is, for whoever has this address. It needs no key. */
  url: string;
};

/** A person worth following up. */
export type Lead = {
  /** Id of the lead. */
  id: string;
  /** Id of the brand. */
  brandId: string;
  /** Id of the conversation that it comes from. */
  conversationId?: string;
  name: string;
  email?: string;
  /** In the form of E.164. */
  phone?: string;
  notes?: string;
  status: "new" | "contacted" | "qualified" | "won" | "lost";
  /** When it was made. Unix milliseconds. */
  createdAt: number;
  /** Time of the last change. Unix milliseconds. */
  updatedAt: number;
};

/** A brand of the workspace, with a widget of its own. */
export type Brand = {
  /** Id of the brand. */
  id: string;
  slug: string;
  name: string;
  /** Public id for the widget's snippet. */
  widgetId: string;
  primaryColor: string;
  welcomeMessage: string;
  /** Corner of the page: bottom right or bottom left. */
  position: "br" | "bl";
  /** When it was made. Unix milliseconds. */
  createdAt: number;
};

/** The event conversation.created. */
export type ConversationCreatedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "conversation.created";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the conversation. */
    conversationId: string;
    /** Id of the brand. */
    brandId: string;
    /** Id of the visitor. */
    visitorId: string;
    channel: "web_chat" | "email" | "whatsapp" | "voice" | "sms";
    visitor: {
      name?: string;
      email?: string;
      phone?: string;
      /** The site's own id of the visitor, where it signed it. */
      externalId?: string;
      /** True when the site has signed externalId. */
      verified?: boolean;
      /** True when the site has signed the email. */
      emailVerified?: boolean;
    };
    /** When it began. Unix milliseconds. */
    createdAt: number;
  };
};

/** The event conversation.status_changed. */
export type ConversationStatusChangedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "conversation.status_changed";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the conversation. */
    conversationId: string;
    /** Id of the brand. */
    brandId: string;
    previousStatus: "open" | "snoozed" | "resolved" | "closed";
    status: "open" | "snoozed" | "resolved" | "closed";
    /** Id of the operator who changed it. */
    changedByOperatorId?: string;
    /** Absent when a person did it; api: a program with an API key. */
    via?: "api";
  };
};

/** The event conversation.merged. */
export type ConversationMergedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "conversation.merged";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the conversation. */
    conversationId: string;
    /** Id of the brand. */
    brandId: string;
    /** Id of the conversation of the same visitor in which all its messages are now. */
    mergedInto: string;
    /** Id of the operator who merged them. */
    mergedByOperatorId: string;
  };
};

/** The event message.created. */
export type MessageCreatedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "message.created";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the message. */
    messageId: string;
    /** Id of the conversation. */
    conversationId: string;
    /** Id of the brand. */
    brandId: string;
    channel: "web_chat" | "email" | "whatsapp" | "voice" | "sms";
    /** Who wrote it; atlas is the AI agent. */
    role: "visitor" | "operator" | "atlas";
    /** Id of the operator who wrote it. */
    senderOperatorId?: string;
    senderName?: string;
    body: string;
    /** Its files; absent without any. */
    attachments?: Attachment[];
    /** Its place in the conversation. */
    sequence: number;
    /** When it was written. Unix milliseconds. */
    createdAt: number;
    /** Absent when a person did it; api: a program with an API key. */
    via?: "api";
  };
};

/** The event lead.created. */
export type LeadCreatedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "lead.created";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the lead. */
    leadId: string;
    /** Id of the brand. */
    brandId: string;
    /** Id of the conversation that the lead comes from. */
    conversationId?: string;
    name: string;
    email?: string;
    phone?: string;
    status: "new" | "contacted" | "qualified" | "won" | "lost";
    /** When it was made. Unix milliseconds. */
    createdAt: number;
    /** Absent when a person did it; api: a program with an API key. */
    via?: "api";
  };
};

/** The event lead.status_changed. */
export type LeadStatusChangedEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "lead.status_changed";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: {
    /** Id of the lead. */
    leadId: string;
    /** Id of the brand. */
    brandId: string;
    /** Id of the conversation that the lead comes from. */
    conversationId?: string;
    previousStatus: "new" | "contacted" | "qualified" | "won" | "lost";
    status: "new" | "contacted" | "qualified" | "won" | "lost";
    /** Absent when a person did it; api: a program with an API key. */
    via?: "api";
  };
};

/** The event ping. */
export type PingEvent = {
  /** Id of the event: the same on every delivery and in the feed. */
  id: string;
  type: "ping";
  apiVersion: "v1";
  /** Id of the workspace. */
  workspaceId: string;
  brandId: string | null;
  /** Of a message: its place in the conversation. Null for other events. */
  sequence: number | null;
  /** When it happened. */
  occurredAt: string;
  data: Record<string, never>;
};

/** By operation id. */
export type Operations = {
  /** Health. */
  ping: {
    method: "GET";
    path: "/ping";
    params: undefined;
    query: undefined;
    body: undefined;
    answer: {
      ok: true;
      version: "v1";
      /** The deployment's clock. Unix milliseconds. */
      time: number;
    };
  };
  /** This description. */
  getOpenApi: {
    method: "GET";
    path: "/openapi.json";
    params: undefined;
    query: undefined;
    body: undefined;
    answer: {
      openapi: string;
      [name: string]: unknown;
    };
  };
  /** List conversations. */
  listConversations: {
    method: "GET";
    path: "/conversations";
    params: undefined;
    query: {
      /** One status. */
      status?: "open" | "snoozed" | "resolved" | "closed";
      /** Id of a brand, to see that one alone. */
      brandId?: string;
      /** One channel. Not together with assignee. */
      channel?: "web_chat" | "email" | "whatsapp" | "voice" | "sms";
      /** Id of an operator, or "unassigned". Not together with channel. */
      assignee?: string;
      /** Only what changed after this time, oldest change first. Take `updatedAt` of the last row that you have seen, less 60,000: rows may come twice, none is missed; /events is exact. Unix milliseconds. */
      updatedAfter?: number;
      /** Rows on the page; above 200 counts as 200. */
      limit?: number;
      /** `nextCursor` of the page before, with the same filters. */
      cursor?: string;
    };
    body: undefined;
    answer: {
      conversations: Conversation[];
      /** Pass it as `cursor` for the next page; null on the last page. */
      nextCursor: string | null;
      /** Whether there is a next page. */
      hasMore: boolean;
    };
  };
  /** Get a conversation. */
  getConversation: {
    method: "GET";
    path: "/conversations/{conversationId}";
    params: {
      /** Id of the conversation. */
      conversationId: string;
    };
    query: undefined;
    body: undefined;
    answer: {
      conversation: Conversation;
    };
  };
  /** Change status or assignee. */
  updateConversation: {
    method: "PATCH";
    path: "/conversations/{conversationId}";
    params: {
      /** Id of the conversation. */
      conversationId: string;
    };
    query: undefined;
    body: {
      status?: "open" | "snoozed" | "resolved" | "closed";
      assignee?: string | null;
    };
    answer: {
      ok: true;
      conversation: Conversation;
    };
  };
  /** Reply to the visitor. */
  createMessage: {
    method: "POST";
    path: "/conversations/{conversationId}/messages";
    params: {
      /** Id of the conversation. */
      conversationId: string;
    };
    query: undefined;
    body: {
      /** Text of the message, not blank. Counted in UTF-16 code units. */
      body: string;
      /** Name that the visitor sees beside the message. Counted in UTF-16 code units. */
      senderName?: string;
    };
    answer: {
      /** Id of the new message. */
      messageId: string;
      message: Message;
    };
  };
  /** List messages. */
  listMessages: {
    method: "GET";
    path: "/messages";
    params: undefined;
    query: {
      /** Id of the conversation. */
      conversationId: string;
      /** asc: oldest first; desc: newest first. */
      order?: "asc" | "desc";
      /** Rows on the page; above 200 counts as 200. */
      limit?: number;
      /** `nextCursor` of the page before, with the same filters. */
      cursor?: string;
    };
    body: undefined;
    answer: {
      messages: Message[];
      /** Pass it as `cursor` for the next page; null on the last page. */
      nextCursor: string | null;
      /** Whether there is a next page. */
      hasMore: boolean;
    };
  };
  /** List leads. */
  listLeads: {
    method: "GET";
    path: "/leads";
    params: undefined;
    query: {
      /** One status; all without it. */
      status?: "new" | "contacted" | "qualified" | "won" | "lost";
      /** Id of a brand, to see that one alone. */
      brandId?: string;
      /** Only what changed after this time, oldest change first. Take `updatedAt` of the last row that you have seen, less 60,000: rows may come twice, none is missed; /events is exact. Unix milliseconds. */
      updatedAfter?: number;
      /** Rows on the page; above 200 counts as 200. */
      limit?: number;
      /** `nextCursor` of the page before, with the same filters. */
      cursor?: string;
    };
    body: undefined;
    answer: {
      leads: Lead[];
      /** Pass it as `cursor` for the next page; null on the last page. */
      nextCursor: string | null;
      /** Whether there is a next page. */
      hasMore: boolean;
    };
  };
  /** Create a lead. */
  createLead: {
    method: "POST";
    path: "/leads";
    params: undefined;
    query: undefined;
    body: {
      /** Name, one line. Counted in UTF-16 code units. */
      name: string;
      /** Email address. Stored in lower case. */
      email?: string;
      /** Phone number with its country code, +44 or 0044; blanks and ( ) . - / are dropped. */
      phone?: string;
      /** Free text. Counted in UTF-16 code units. */
      notes?: string;
      status?: "new" | "contacted" | "qualified" | "won" | "lost";
      /** Id of the brand. */
      brandId?: string;
      /** Id of the conversation that it comes from, of the same brand. */
      conversationId?: string;
    };
    answer: {
      /** Id of the new lead. */
      leadId: string;
      lead: Lead;
    };
  };
  /** Get a lead. */
  getLead: {
    method: "GET";
    path: "/leads/{leadId}";
    params: {
      /** Id of the lead. */
      leadId: string;
    };
    query: undefined;
    body: undefined;
    answer: {
      lead: Lead;
    };
  };
  /** Change a lead. */
  updateLead: {
    method: "PATCH";
    path: "/leads/{leadId}";
    params: {
      /** Id of the lead. */
      leadId: string;
    };
    query: undefined;
    body: {
      /** Name, one line. Counted in UTF-16 code units. */
      name?: string;
      email?: string | null;
      phone?: string | null;
      notes?: string | null;
      status?: "new" | "contacted" | "qualified" | "won" | "lost";
    };
    answer: {
      ok: true;
      lead: Lead;
    };
  };
  /** List brands. */
  listBrands: {
    method: "GET";
    path: "/brands";
    params: undefined;
    query: undefined;
    body: undefined;
    answer: {
      brands: Brand[];
      /** Pass it as `cursor` for the next page; null on the last page. */
      nextCursor: string | null;
      /** Whether there is a next page. */
      hasMore: boolean;
    };
  };
  /** Read the change feed. */
  listEvents: {
    method: "GET";
    path: "/events";
    params: undefined;
    query: {
      /** `nextCursor` of the answer before; from the oldest event without it. */
      after?: string;
      /** One type of event; all without it. */
      type?:
        | "conversation.created"
        | "conversation.status_changed"
        | "conversation.merged"
        | "message.created"
        | "lead.created"
        | "lead.status_changed";
      /** Rows on the page; above 200 counts as 200. */
      limit?: number;
    };
    body: undefined;
    answer: {
      events: (
        | ConversationCreatedEvent
        | ConversationStatusChangedEvent
        | ConversationMergedEvent
        | MessageCreatedEvent
        | LeadCreatedEvent
        | LeadStatusChangedEvent
      )[];
      /** Pass it as `after` to read on, now or later. It is there on the last page too. */
      nextCursor: string;
      /** Whether there is a next page. */
      hasMore: boolean;
    };
  };
};

/** The body of a webhook, by type of event. */
export type WebhookEvents = {
  "conversation.created": ConversationCreatedEvent;
  "conversation.status_changed": ConversationStatusChangedEvent;
  "conversation.merged": ConversationMergedEvent;
  "message.created": MessageCreatedEvent;
  "lead.created": LeadCreatedEvent;
  "lead.status_changed": LeadStatusChangedEvent;
  ping: PingEvent;
};
