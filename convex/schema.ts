import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { accountTables } from "./schema/accounts";
import { answerMailTables } from "./schema/answerMails";
import { atlasTables } from "./schema/atlas";
import { auditTables } from "./schema/audit";
import { identityTables } from "./schema/identity";
import { presenceTables } from "./schema/presence";
import { searchTables } from "./schema/search";
import { savedReplyTables } from "./schema/savedReplies";
import { firstStepTables } from "./schema/firstSteps";
import { sightingTables } from "./schema/sightings";
import { draftTables } from "./schema/drafts";
import { conversationTables } from "./schema/conversations";
import { leadTables } from "./schema/leads";
import { metricTables } from "./schema/metrics";
import { erasureTables } from "./schema/erasures";
import { exportTables } from "./schema/exports";
import { preferenceTables } from "./schema/preferences";
import { retentionTables } from "./schema/retention";
import { webhookTables } from "./schema/webhooks";
import { widgetTables } from "./schema/widgets";
import {
  apiKeyScope,
  brandAccess,
  channel,
  eventType,
  mention,
  messageRole,
  notificationFields,
  operatorRole,
  plan,
  preciseLocation,
  systemEvent,
  visitorProfile,
  widgetPosition,
} from "./validators";
import { mailing } from "./validators/answerMails";
import { attachment } from "./validators/attachments";
import { agentAccess } from "./validators/agentTokens";

/** Times are Unix milliseconds. Every row carries its workspace, and its brand where it has one. */
export default defineSchema({
  workspaces: defineTable({
    slug: v.string(),
    name: v.string(),
    plan,
    createdAt: v.number(),
  }).index("by_slug", ["slug"]),

  brands: defineTable({
    workspaceId: v.id("workspaces"),
    slug: v.string(), // unique in the workspace
    name: v.string(),
    widgetId: v.string(), // public: ws_ and 16 hex
    primaryColor: v.string(), // #rrggbb
    welcomeMessage: v.string(),
    position: widgetPosition,
    avatarUrl: v.optional(v.string()), // of a logo that lies elsewhere
    logoId: v.optional(v.id("_storage")), // of a logo that was uploaded; goes before avatarUrl
    allowedOrigins: v.array(v.string()), // pages that may embed the widget; empty: any
    createdAt: v.number(),
  })
    .index("by_workspace", ["workspaceId"])
    .index("by_widget_id", ["widgetId"])
    .index("by_logo", ["logoId"]),

  operators: defineTable({
    workspaceId: v.id("workspaces"),
    email: v.string(), // lower case; one operator per deployment
    name: v.string(),
    role: operatorRole,
    brandAccess,
    passwordHash: v.string(), // PHC text; empty for who never had one
    tokenIdentifier: v.optional(v.string()), // <issuer>|<subject> of who signs in through Clerk
    twoStepSince: v.optional(v.number()), // absent: the password alone signs in
    createdAt: v.number(),
  })
    .index("by_email", ["email"])
    .index("by_token_identifier", ["tokenIdentifier"])
    .index("by_workspace", ["workspaceId"]),

  /** A row is the validity of its token: deleting it makes every live query under that token run again and fail. */
  sessions: defineTable(
    v.union(
      v.object({
        scope: v.literal("session"),
        operatorId: v.id("operators"),
        workspaceId: v.id("workspaces"),
        tokenHash: v.string(), // SHA-256, hex
        userAgent: v.optional(v.string()),
        clerkSessionId: v.optional(v.string()), // of the session at Clerk that ends with it
        expiresAt: v.number(),
        createdAt: v.number(),
      }),
      v.object({
        scope: v.literal("child"),
        parentId: v.id("sessions"), // valid only while this row exists
        operatorId: v.id("operators"),
        workspaceId: v.id("workspaces"),
        tokenHash: v.string(),
        expiresAt: v.number(),
        createdAt: v.number(),
      }),
      v.object({
        scope: v.literal("agent"),
        operatorId: v.id("operators"), // in whose name it acts
        workspaceId: v.id("workspaces"),
        name: v.string(),
        prefix: v.string(), // first characters, for display
        access: agentAccess,
        brands: brandAccess, // never more than the operator's own
        tokenHash: v.string(),
        expiresAt: v.number(),
        createdAt: v.number(),
      }),
    ),
  )
    .index("by_token_hash", ["tokenHash"])
    .index("by_operator_and_scope", ["operatorId", "scope"])
    .index("by_workspace_and_scope", ["workspaceId", "scope"])
    .index("by_expires_at", ["expiresAt"]),

  /** When an agent token was last used, to the hour. Apart from the token, which every query under it reads. */
  agentTokenUses: defineTable({ tokenId: v.id("sessions"), lastUsedAt: v.number() }).index("by_token", [
    "tokenId",
  ]),

  apiKeys: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // absent: all brands
    name: v.string(),
    prefix: v.string(), // first 16 characters, for display
    keyHash: v.string(), // SHA-256 of the whole key, hex
    scope: apiKeyScope,
    createdBy: v.id("operators"),
    createdAt: v.number(),
    expiresAt: v.optional(v.number()), // absent: never
    revokedAt: v.optional(v.number()),
  })
    .index("by_key_hash", ["keyHash"])
    .index("by_workspace_and_revoked_at", ["workspaceId", "revokedAt"]),

  /** When a key was last used, to the hour. Apart from the key, which every request under it reads. */
  apiKeyUses: defineTable({ keyId: v.id("apiKeys"), lastUsedAt: v.number() }).index("by_key", ["keyId"]),

  /** Answers to requests with an Idempotency-Key, each written by the mutation that it answers. */
  idempotencyKeys: defineTable({
    keyId: v.id("apiKeys"),
    request: v.string(), // method and path
    idempotencyKey: v.string(),
    fingerprint: v.string(), // SHA-256 of the request's body, hex
    result: v.string(), // JSON text of the function's result
    expiresAt: v.number(),
  })
    .index("by_key_and_request", ["keyId", "request", "idempotencyKey"])
    .index("by_expires_at", ["expiresAt"]),

  visitors: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    keyHash: v.optional(v.string()), // SHA-256 of the visitor key, hex, unique in the brand; absent: has sessions
    ...visitorProfile.fields,
    verifiedAt: v.optional(v.number()), // when the site last signed who this is
    customData: v.optional(v.string()), // whatever the embedding site attached, as text
    page: v.optional(v.string()),
    location: v.optional(preciseLocation),
    searchWords: v.optional(v.string()), // of name and email, see lib/search-text.ts; absent: not filled in yet
    firstSeenAt: v.number(),
    lastSeenAt: v.number(),
  })
    .index("by_brand_and_key_hash", ["brandId", "keyHash"])
    .index("by_brand_and_external_id", ["brandId", "externalId"])
    .index("by_workspace_and_email", ["workspaceId", "email"])
    .index("by_workspace_and_first_seen_at", ["workspaceId", "firstSeenAt"])
    .searchIndex("search_words", { searchField: "searchWords", filterFields: ["workspaceId", "brandId"] })
    .searchIndex("search_phone", { searchField: "phone", filterFields: ["workspaceId", "brandId"] }),

  ...conversationTables,

  messages: defineTable({
    conversationId: v.id("conversations"),
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    channel,
    role: messageRole,
    internal: v.boolean(), // an internal note; apart from `role` because the visitor's index needs it
    senderVisitorId: v.optional(v.id("visitors")),
    senderOperatorId: v.optional(v.id("operators")),
    senderName: v.optional(v.string()),
    body: v.string(),
    searchWords: v.optional(v.string()), // of the body, see lib/search-text.ts; absent: not filled in yet
    attachments: v.optional(v.array(attachment)), // absent: none
    systemEvent: v.optional(systemEvent),
    mentions: v.optional(v.array(mention)), // of a note
    mailing: v.optional(mailing), // of an answer that was not read in time; absent: no mail has been tried
    sequence: v.number(), // from 1; without gaps but while another conversation is merged into this one
    clientMessageId: v.optional(v.string()), // unique per sender
    createdAt: v.number(),
  })
    .index("by_conversation_and_sequence", ["conversationId", "sequence"])
    .index("by_conversation_and_internal_and_sequence", ["conversationId", "internal", "sequence"])
    .index("by_visitor_and_client_message_id", ["senderVisitorId", "clientMessageId"])
    .index("by_operator_and_client_message_id", ["senderOperatorId", "clientMessageId"])
    .searchIndex("search_words", { searchField: "searchWords", filterFields: ["workspaceId", "brandId"] }),

  /** How far one operator has read one conversation. Apart from it, so that reading wakes nobody else's list. */
  readMarks: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    conversationId: v.id("conversations"),
    sequence: v.number(),
  })
    .index("by_operator_and_conversation", ["operatorId", "conversationId"])
    .index("by_conversation_and_sequence", ["conversationId", "sequence"]),

  /** How far the visitor has read their conversation. */
  visitorReads: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    sequence: v.number(),
  }).index("by_conversation", ["conversationId"]),

  /** Who writes at the moment. A row is deleted by a job of its own once nobody renews it; no list reads these. */
  typing: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    operatorId: v.union(v.id("operators"), v.null()), // null: the visitor
    name: v.optional(v.string()), // the operator's
    isTyping: v.boolean(),
    until: v.number(), // when the row goes unless it is renewed
  }).index("by_conversation_and_operator", ["conversationId", "operatorId"]),

  ...leadTables,

  ...metricTables,

  /** The change feed: one row per change, written by the mutation that makes it. */
  events: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")),
    type: eventType,
    conversationId: v.optional(v.id("conversations")),
    leadId: v.optional(v.id("leads")),
    sequence: v.optional(v.number()), // of the message, within its conversation
    payload: v.string(), // JSON text of the webhook's `data`, byte for byte what is sent
    occurredAt: v.number(),
    commitTs: v.commitTs(), // order of commits: a reader never sees a row appear behind its cursor
  })
    .index("by_workspace_and_commit_ts", ["workspaceId", "commitTs"])
    .index("by_workspace_and_type_and_commit_ts", ["workspaceId", "type", "commitTs"])
    .index("by_brand_and_commit_ts", ["brandId", "commitTs"])
    .index("by_brand_and_type_and_commit_ts", ["brandId", "type", "commitTs"])
    .index("by_conversation", ["conversationId"])
    .index("by_lead", ["leadId"])
    .index("by_occurred_at", ["occurredAt"]),

  ...answerMailTables,
  ...draftTables,
  ...presenceTables,
  ...savedReplyTables,

  ...identityTables,
  ...webhookTables,

  ...preferenceTables,
  ...erasureTables,
  ...exportTables,
  ...retentionTables,
  ...searchTables,
  ...sightingTables,
  ...firstStepTables,
  ...widgetTables,
  ...auditTables,
  ...atlasTables,
  ...accountTables,

  /** What an operator should know of, one row each. */
  notifications: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    ...notificationFields,
  })
    .index("by_operator", ["operatorId", "createdAt"])
    .index("by_operator_and_read_at", ["operatorId", "readAt"])
    .index("by_workspace_and_link", ["workspaceId", "link"])
    .index("by_created_at", ["createdAt"]),
});
