/**
 * What an export says of each row. Every field is named here, so that one which is added to a table later, a secret
 * perhaps, is in no export before somebody decides it.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { LEAD_REMARKS_MAX } from "../../lib/limits";
import { brandSettingsOf } from "./atlasSettings";
import { toAttachmentRows } from "./attachments";
import { identityModeOf } from "./identities";
import { textOf } from "./knowledge";
import { avatarUrlOf } from "./logos";
import { profileOf } from "./visitors";
import { widgetSettingsOf } from "./widgets";

/** A row as JSON has it: what is undefined is left out. */
export type Written = Record<string, unknown>;

export async function brandOf(db: DatabaseReader, brand: Doc<"brands">): Promise<Written> {
  const { _id, slug, name, widgetId, primaryColor, welcomeMessage, position, allowedOrigins, createdAt } =
    brand;
  const [widget, identityMode, atlas] = await Promise.all([
    widgetSettingsOf(db, _id),
    identityModeOf(db, _id),
    brandSettingsOf(db, _id),
  ]);
  const own = { slug, name, widgetId, primaryColor, welcomeMessage, position };
  const logoUrl = avatarUrlOf(brand);
  return { id: _id, ...own, logoUrl, allowedOrigins, identityMode, widget, atlas, createdAt };
}

export function operatorOf({ _id, name, email, role, brandAccess, ...rest }: Doc<"operators">): Written {
  const { twoStepSince, createdAt } = rest;
  return { id: _id, name, email, role, brands: brandAccess, twoStepSince, createdAt };
}

export function inviteOf(invite: Doc<"invites">): Written {
  const { email, name, role, brandAccess, invitedBy, createdAt, expiresAt } = invite;
  return { email, name, role, brands: brandAccess, invitedBy, createdAt, expiresAt };
}

export function savedReplyOf(reply: Doc<"savedReplies">): Written {
  const { _id, brandId, title, body, shortcut, createdBy, createdAt, updatedAt } = reply;
  return { id: _id, brandId, title, body, shortcut, createdBy, createdAt, updatedAt };
}

export function apiKeyOf({ _id, name, scope, brandId, ...rest }: Doc<"apiKeys">): Written {
  const { createdBy, createdAt, expiresAt } = rest;
  return { id: _id, name, scope, brandId, createdBy, createdAt, expiresAt };
}

export function agentTokenOf(token: Extract<Doc<"sessions">, { scope: "agent" }>): Written {
  const { _id, name, access, brands, operatorId, createdAt, expiresAt } = token;
  return { id: _id, name, access, brands, operatorId, createdAt, expiresAt };
}

/** Without what stands behind the path, or before the host: keys are put there. */
function withoutKeys(address: string): string {
  if (!URL.canParse(address)) return "";
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

export function webhookOf(subscription: Doc<"webhookSubscriptions">): Written {
  const { _id, brandId, url, events, enabled, disabledReason, createdBy, createdAt, updatedAt } =
    subscription;
  const of = { id: _id, brandId, url: withoutKeys(url), events, enabled, disabledReason };
  return { ...of, createdBy, createdAt, updatedAt };
}

export function modelOf({ protocol, baseUrl, model, embeddingModel, ...rest }: Doc<"atlasModels">): Written {
  const { inputPrice, outputPrice, updatedAt } = rest;
  return {
    protocol,
    baseUrl: withoutKeys(baseUrl),
    model,
    embeddingModel,
    inputPrice,
    outputPrice,
    updatedAt,
  };
}

export async function sourceOf(db: DatabaseReader, source: Doc<"knowledgeSources">): Promise<Written> {
  const { _id, brandId, kind, title, url, fileName, status, createdAt, updatedAt } = source;
  const text = await textOf(db, _id);
  return { id: _id, brandId, kind, title, url, fileName, status, text, createdAt, updatedAt };
}

export function questionOf(question: Doc<"atlasQuestions">): Written {
  const { _id, brandId, question: text, expectedSourceId, createdAt } = question;
  return { id: _id, brandId, question: text, expectedSourceId, createdAt };
}

export function visitorOf(visitor: Doc<"visitors">): Written {
  const { _id, brandId, verifiedAt, customData, page, location, firstSeenAt, lastSeenAt } = visitor;
  const known = { customData, page, location, firstSeenAt, lastSeenAt };
  return { id: _id, brandId, ...profileOf(visitor), verifiedAt, ...known };
}

/** Without its messages, which are written by themselves. */
export function conversationOf(conversation: Doc<"conversations">): Written {
  const { _id, brandId, visitorId, channel, status, statusChangedAt, snoozedUntil } = conversation;
  const { assignedOperatorId, waitingSince, humanRequestedAt, tags = [] } = conversation;
  const { lastMessageAt, createdAt, updatedAt, mergedInto } = conversation;
  const state = { status, statusChangedAt, snoozedUntil, assignedOperatorId, waitingSince };
  const times = { lastMessageAt, createdAt, updatedAt };
  return { id: _id, brandId, visitorId, channel, ...state, humanRequestedAt, tags, mergedInto, ...times };
}

export async function messageOf(db: DatabaseReader, message: Doc<"messages">): Promise<Written> {
  const { _id, sequence, role, internal, senderOperatorId, senderName, body, systemEvent, mentions } =
    message;
  const attachments = await Promise.all(
    toAttachmentRows(message).map(async (row, index) => {
      const uploadId = message.attachments?.[index]?.uploadId;
      return { ...row, sha256: uploadId === undefined ? undefined : await digestOf(db, uploadId) };
    }),
  );
  const sender = { role, internal, senderOperatorId, senderName };
  const files = attachments.length === 0 ? undefined : attachments;
  const content = { body, systemEvent, mentions, attachments: files };
  const { mailing, createdAt } = message;
  return { id: _id, sequence, ...sender, ...content, mailing, createdAt };
}

/** Of a file's bytes, so that whoever downloads it can tell that it is the one. */
async function digestOf(db: DatabaseReader, uploadId: Id<"uploads">): Promise<string | undefined> {
  const storageId = (await db.get("uploads", uploadId))?.file?.storageId;
  return storageId === undefined ? undefined : (await db.system.get("_storage", storageId))?.sha256;
}

/** With all of its remarks: at most LEAD_REMARKS_MAX of them. */
export async function leadOf(db: DatabaseReader, lead: Doc<"leads">): Promise<Written> {
  const { _id, brandId, conversationId, visitorId, name, email, phone, notes, status } = lead;
  const { assignedOperatorId, createdBy, createdAt, updatedAt, removedAt } = lead;
  const remarks = await db
    .query("leadRemarks")
    .withIndex("by_lead", (q) => q.eq("leadId", _id))
    .take(LEAD_REMARKS_MAX);
  const of = { id: _id, brandId, conversationId, visitorId, name, email, phone, notes, status };
  const written = remarks.map(({ operatorId, operatorName, body, createdAt: at, updatedAt: edited }) => {
    return { operatorId, operatorName, body, createdAt: at, updatedAt: edited };
  });
  return { ...of, assignedOperatorId, remarks: written, createdBy, createdAt, updatedAt, removedAt };
}

export function auditOf({ operatorId, operatorName, action, target, ...rest }: Doc<"auditLogs">): Written {
  const { brandId, details, createdAt } = rest;
  return { operatorId, operatorName, action, target, details, brandId, createdAt };
}
