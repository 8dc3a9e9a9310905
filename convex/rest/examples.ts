/** Rows that the documentation shows. */

const NOW = 1_767_200_000_000;

export const EXAMPLE_IDS = {
  conversationId: "k57a2m9x0c1d3e5f7g9h1j3k5m7n9p1q",
  otherConversationId: "k57b3n0y1d2e4f6g8h0j2k4m6n8p0q2r",
  messageId: "jd72b4n6q8s0t2v4w6x8y0z2a4b6c8d0",
  leadId: "m97c5d7f9g1h3j5k7m9n1p3q5r7s9t1v",
  brandId: "j57d8e0f2g4h6j8k0m2n4p6q8r0s2t4v",
  visitorId: "n17e1f3g5h7j9k1m3n5p7q9r1s3t5v7w",
  operatorId: "p57f4g6h8j0k2m4n6p8q0r2s4t6v8w0x",
  workspaceId: "q97g7h9j1k3m5n7p9q1r3s5t7v9w1x3y",
  eventId: "r17h0j2k4m6n8p0q2r4s6t8v0w2x4y6z",
  uploadId: "u17m0n2p4q6r8s0t2u4v6w8x0y2z4a6b",
  attemptId: "t97j0k2m4n6p8q0r2s4t6v8w0x2y4z6a",
};

const { conversationId, messageId, leadId, brandId, visitorId } = EXAMPLE_IDS;

export const CURSOR = "WyJ2MSIsIjhhM2MwZjFlIiwxNzY3MTAwMDAwMDAwLDE3NjcwMDAwMDAwMDAsIms1N2EyIl0";

export const conversation = {
  id: conversationId,
  brandId,
  visitorId,
  channel: "web_chat",
  status: "open",
  statusChangedAt: null,
  snoozedUntil: null,
  assignee: null,
  tags: ["shipping"],
  lastMessageAt: NOW,
  lastMessage: { preview: "Do you ship to Norway?", role: "visitor", at: NOW },
  waitingSince: NOW,
  createdAt: NOW,
  updatedAt: NOW,
  mergedInto: null,
  visitor: {
    id: visitorId,
    name: "Maya A.",
    email: "maya@acme.com",
    phone: "+442079460958",
    verified: false,
    emailVerified: false,
  },
  brand: { id: brandId, name: "Acme", primaryColor: "#0b6077" },
};

export const message = {
  id: messageId,
  conversationId,
  brandId,
  channel: "web_chat",
  role: "operator",
  body: "Thanks — looking into it now.",
  attachments: [],
  senderName: "Acme CRM",
  senderOperatorId: null,
  sequence: 2,
  createdAt: NOW,
};

export const lead = {
  id: leadId,
  brandId,
  name: "Maya A.",
  email: "maya@acme.com",
  status: "new",
  createdAt: NOW,
  updatedAt: NOW,
};

export const brand = {
  id: brandId,
  slug: "main",
  name: "Acme",
  widgetId: "ws_3f9a1c5e7b2d4806",
  primaryColor: "#0b6077",
  welcomeMessage: "Hi! How can we help?",
  position: "br",
  createdAt: NOW,
};

const head = { apiVersion: "v1", workspaceId: EXAMPLE_IDS.workspaceId, brandId };
const occurredAt = new Date(NOW).toISOString();

export const events = {
  "conversation.created": {
    id: EXAMPLE_IDS.eventId,
    type: "conversation.created",
    ...head,
    sequence: null,
    occurredAt,
    data: {
      conversationId,
      brandId,
      visitorId,
      channel: "web_chat",
      visitor: { name: "Maya A.", email: "maya@acme.com" },
      createdAt: NOW,
    },
  },
  "conversation.status_changed": {
    id: EXAMPLE_IDS.eventId,
    type: "conversation.status_changed",
    ...head,
    sequence: null,
    occurredAt,
    data: { conversationId, brandId, previousStatus: "open", status: "resolved", via: "api" },
  },
  "conversation.merged": {
    id: EXAMPLE_IDS.eventId,
    type: "conversation.merged",
    ...head,
    sequence: null,
    occurredAt,
    data: {
      conversationId,
      brandId,
      mergedInto: EXAMPLE_IDS.otherConversationId,
      mergedByOperatorId: EXAMPLE_IDS.operatorId,
    },
  },
  "message.created": {
    id: EXAMPLE_IDS.eventId,
    type: "message.created",
    ...head,
    sequence: 1,
    occurredAt,
    data: {
      messageId,
      conversationId,
      brandId,
      channel: "web_chat",
      role: "visitor",
      body: "Do you ship to Norway?",
      attachments: [
        {
          name: "address.png",
          type: "image/png",
          size: 48_213,
          url: `https://chat.example.com/widget/files/${EXAMPLE_IDS.uploadId}`,
        },
      ],
      sequence: 1,
      createdAt: NOW,
    },
  },
  "lead.created": {
    id: EXAMPLE_IDS.eventId,
    type: "lead.created",
    ...head,
    sequence: null,
    occurredAt,
    data: {
      leadId,
      brandId,
      name: "Maya A.",
      email: "maya@acme.com",
      status: "new",
      createdAt: NOW,
      via: "api",
    },
  },
  "lead.status_changed": {
    id: EXAMPLE_IDS.eventId,
    type: "lead.status_changed",
    ...head,
    sequence: null,
    occurredAt,
    data: { leadId, brandId, previousStatus: "new", status: "contacted" },
  },
};

export const ping = {
  id: EXAMPLE_IDS.eventId,
  type: "ping",
  ...head,
  brandId: null,
  sequence: null,
  occurredAt,
  data: {},
};
