/** Every function that operators may call, with the policy that it is to follow and a call of it. */
import type { ErrorCode } from "../../../../lib/errors";
import type { Agents, Policy } from "./policies";
import type { Row } from "./scene";

export type Case = {
  name: string; // "conversations:getById"
  note: string; // what tells one case of a function from another; may be empty
  policy: Policy;
  agents: Agents;
  args: (row: Row) => Record<string, unknown>;
  /** Of a list: the row is shown where the answer holds its side's mark. */
  isList: boolean;
  /** What counts as done, where the answer tells it apart from nothing in its own way. */
  isDone?: (answer: unknown) => boolean;
  /** Who may call it is refused with this nevertheless, for a reason of their own: a wrong password. */
  past?: ErrorCode;
};

type Extra = Partial<Pick<Case, "note" | "isDone" | "past">>;
type Policed = Policy | `${Policy} read` | `${Policy} reply`;

function make(name: string, policed: Policed, args: Case["args"], extra: Extra & { isList: boolean }): Case {
  const [policy, agents = "none"] = policed.split(" ") as [Policy, Agents?];
  return { name, policy, agents, args, note: "", ...extra };
}

/** About a row, or about none. */
const on = (name: string, policed: Policed, args: Case["args"] = () => ({}), extra: Extra = {}): Case =>
  make(name, policed, args, { ...extra, isList: false });

/** Shows rows that it chooses itself. */
const list = (name: string, policed: Policed, args: object = {}, extra: Extra = {}): Case =>
  make(name, policed, () => ({ ...args }), { ...extra, isList: true });

type Answer<Fields> = (answer: Fields) => boolean;
const done = <Fields>(isDone: Answer<Fields>): Extra => ({ isDone: isDone as Answer<unknown> });

const paginationOpts = { numItems: 50, cursor: null };
const LATER = Date.now() + 24 * 60 * 60 * 1000;
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).buffer;

const inConversation =
  (more: object = {}) =>
  ({ conversationId }: Row) => ({ conversationId, ...more });
const ofBrand =
  (more: object = {}) =>
  ({ brandId }: Row) => ({ brandId, ...more });
const ofLead =
  (more: object = {}) =>
  ({ leadId }: Row) => ({ leadId, ...more });
const ofEndpoint =
  (more: object = {}) =>
  ({ subscriptionId }: Row) => ({ subscriptionId, ...more });
const ofColleague =
  (more: object = {}) =>
  ({ colleagueId }: Row) => ({ operatorId: colleagueId, ...more });
const open = { status: "open", paginationOpts };
const sent = { body: "Hello", clientMessageId: "sent" };
const wrongPassword = { password: "not the password" };

const CONVERSATIONS: Case[] = [
  on("conversations:getById", "team read", inConversation()),
  on("conversations:getVisitorState", "team read", inConversation()),
  on("conversations:setStatus", "team reply", inConversation({ status: "closed" })),
  on("conversations:snooze", "team reply", inConversation({ until: LATER })),
  on("conversations:assign", "team reply", inConversation({ operatorId: null })),
  on(
    "conversations:changeMany",
    "team",
    ({ conversationId }) => ({
      ...{ conversationIds: [conversationId], change: { kind: "status", status: "closed" } },
    }),
    done<{ changed: unknown[] }>(({ changed }) => changed.length > 0),
  ),
  on(
    "conversations:undoMany",
    "team",
    ({ conversationId }) => ({
      changes: [{ conversationId, revision: 1, before: { status: "closed" } }],
    }),
    done<unknown[]>((undone) => undone.length > 0),
  ),
  // Into itself, which comes behind the question who may see it.
  on("conversations:merge", "team", ({ conversationId }) => ({ conversationId, into: conversationId }), {
    past: "VALIDATION",
  }),
  on("conversations:listOfVisitor", "team", inConversation({ paginationOpts })),
  list("conversations:listInbox", "team read"),
  on("conversations:listInbox", "team read", ofBrand(), { note: "of a brand" }),
  list("conversations:listPage", "team read", { ...open, part: "all" }),
  on("conversations:listPage", "team read", ofBrand({ ...open, part: "all" }), { note: "of a brand" }),
  on(
    "conversations:listPage",
    "team read",
    ({ mark }) => ({
      ...{ ...open, part: "all", narrowing: { by: "tag", tag: mark } },
    }),
    { note: "of a tag" },
  ),
  list("conversations:listWaiting", "team read", open),
  on("conversations:listWaiting", "team read", ofBrand(open), { note: "of a brand" }),
  on("conversations:listAnswered", "everyone read", () => open),
  on("conversations:listAssignees", "everyone read"),
  on("conversationTags:addTag", "team reply", inConversation({ tag: "new" })),
  on("conversationTags:removeTag", "team reply", inConversation({ tag: "none" })),
  on("conversationTags:listForConversation", "team read", inConversation()),
  list("conversationTags:listForWorkspace", "team read"),
  on("messages:listByConversation", "team read", inConversation()),
  on("messages:listPage", "team read", inConversation({ paginationOpts })),
  on("messages:send", "team reply", inConversation(sent)),
  on("messages:send", "team reply", inConversation({ ...sent, internal: true }), { note: "a note" }),
  on("messages:generateUploadUrl", "team reply", inConversation()),
  on("messageDrafts:get", "team", inConversation()),
  on("messageDrafts:upsert", "team", inConversation({ mode: "note", reply: "", note: "So far" })),
  on("messageDrafts:remove", "team", inConversation()),
  on("messageDrafts:listMine", "everyone"),
  on("notifications:markRead", "team", inConversation()),
  on("notifications:listUnread", "team", ({ conversationId }) => ({ conversationIds: [conversationId] })),
  on("presence:heartbeat", "team reply", inConversation({ isHere: true })),
  on("presence:listViewers", "team read", inConversation()),
  on("typing:setOperatorTyping", "team reply", inConversation({ isTyping: true })),
  list("search:all", "team read", { query: "Maya" }, { note: "people" }),
  list("search:all", "team read", { query: "Hello" }, { note: "messages" }),
  on("search:all", "team read", ofBrand({ query: "Hello" }), {
    ...done<{ messages: { rows: unknown[] } }>(({ messages }) => messages.rows.length > 0),
    note: "of a brand",
  }),
];

const LEADS: Case[] = [
  list("leads:list", "team read"),
  on("leads:list", "team read", ofBrand(), { note: "of a brand" }),
  list("leads:listPage", "team read", { paginationOpts }),
  on("leads:listPage", "team read", ofBrand({ paginationOpts }), { note: "of a brand" }),
  on("leads:getById", "team read", ofLead()),
  on("leads:findByConversation", "team read", inConversation()),
  on("leads:create", "team reply", ofBrand({ name: "New" })),
  on("leads:create", "team reply", inConversation({ name: "New" }), { note: "of a conversation" }),
  on("leads:createFromConversation", "team reply", inConversation()),
  on("leads:update", "team reply", ofLead({ name: "Changed" })),
  on("leads:updateStatus", "team reply", ofLead({ status: "won" })),
  on("leads:assign", "team reply", ofLead({ operatorId: null })),
  on("leads:remove", "managers", ofLead()),
  on("leads:listRemarks", "team", ofLead()),
  on("leads:addRemark", "team", ofLead({ body: "New" })),
  on("leads:updateRemark", "editors", ({ remarkId }) => ({ remarkId, body: "Changed" })),
  on("leads:deleteRemark", "editors", ({ remarkId }) => ({ remarkId })),
  list("leadDesk:search", "team", { query: "Lead" }),
  on("leadDesk:search", "team", ofBrand({ query: "Lead" }), {
    ...done<{ rows: unknown[] }>(({ rows }) => rows.length > 0),
    note: "of a brand",
  }),
  on("leadDesk:findSame", "team", ({ mark }) => ({ email: `lead-${mark}@example.com` })),
  on("leadDesk:listDuplicated", "team", ({ leadId }) => ({ leadIds: [leadId] })),
  on("leadDesk:updateMany", "team", ({ leadId }) => ({ changes: [{ leadId, status: "won" }] })),
  on(
    "leadDesk:importBatch",
    "team",
    ofBrand({
      ...{ importId: "file", duplicates: "skip", rows: [{ line: 1, name: "Imported" }] },
    }),
  ),
  on("leadDesk:merge", "managers", ({ leadId, sameLeadId }) => ({ leadId, otherId: sameLeadId })),
  on("leadDesk:removeMany", "managers", ({ leadId }) => ({ leadIds: [leadId] })),
  on("leadDesk:restore", "managers", ({ removedLeadId }) => ({ leadIds: [removedLeadId] })),
  on("erasures:listSame", "managers", ({ visitorId }) => ({ visitorId })),
  on("erasures:start", "managers", ({ visitorId }) => ({ visitorIds: [visitorId] })),
  on("erasures:list", "anyManager"),
];

const BRANDS: Case[] = [
  list("brands:listMine", "team read"),
  on("brands:getById", "team read", ofBrand()),
  on("brands:getActivity", "team", ofBrand()),
  on("brands:listWidgetSightings", "team", ofBrand()),
  on("brands:getWidgetSettings", "managers", ofBrand()),
  on("brands:getIdentity", "managers", ofBrand()),
  on("brands:create", "wholeManagers", () => ({ name: "New" })),
  on("brands:update", "managers", ofBrand({ name: "Changed" })),
  on("brands:uploadLogo", "managers", ofBrand({ file: PNG })),
  on("brands:setIdentityMode", "managers", ofBrand({ mode: "off" })),
  on("brands:rotateIdentitySecret", "managers", ofBrand()),
  on("brands:endIdentityRotation", "managers", ofBrand()),
  on("brands:remove", "owners", ({ emptyBrandId }) => ({ brandId: emptyBrandId })),
  list("savedReplies:list", "team"),
  on("savedReplies:list", "team", ofBrand(), { note: "of a brand" }),
  on("savedReplies:create", "team", ofBrand({ title: "New", body: "Hello" })),
  on("savedReplies:create", "wholeTeam", () => ({ title: "New", body: "Hello" }), { note: "for all brands" }),
  on("savedReplies:update", "editors", ({ savedReplyId }) => ({ savedReplyId, title: "Changed" })),
  on("savedReplies:remove", "editors", ({ savedReplyId }) => ({ savedReplyId })),
  list("analytics:overview", "team"),
  on("analytics:overview", "team", ofBrand(), {
    ...done<{ totals: { started: number } }>(({ totals }) => totals.started > 0),
    note: "of a brand",
  }),
];

const ATLAS: Case[] = [
  on("atlas:getConfig", "everyone"),
  on("atlas:setModel", "wholeManagers", () => ({
    ...{ protocol: "openai", baseUrl: "https://api.example.com/v1", model: "m" },
  })),
  on("atlas:removeModel", "wholeManagers"),
  on("atlas:setBudget", "wholeManagers", () => ({ monthlyTokens: 1 })),
  on("atlas:getBrandSettings", "team", ofBrand()),
  on("atlas:updateBrandSettings", "managers", ofBrand({ mode: "off" })),
  on("atlas:listRuns", "team", ofBrand({ paginationOpts })),
  on("atlas:getRun", "team", ({ runId }) => ({ runId })),
  on("atlas:latestRun", "team", inConversation()),
  on("atlas:acceptSuggestion", "team", ({ runId }) => ({ runId, clientMessageId: "accepted" })),
  on("atlas:dismissSuggestion", "team", ({ runId }) => ({ runId })),
  on("atlas:rateRun", "team", ({ runId }) => ({ runId, rating: "good" })),
  on("atlas:replayRun", "team", ({ runId }) => ({ runId })),
  on("atlas:resume", "team", inConversation()),
  on("atlas:listQuestions", "team", ofBrand()),
  on("atlas:addQuestion", "managers", ofBrand({ question: "Where?" })),
  on("atlas:removeQuestion", "managers", ({ questionId }) => ({ questionId })),
  on("atlas:runEvaluation", "managers", ofBrand()),
  on("knowledge:list", "team", ofBrand()),
  on("knowledge:get", "team", ({ sourceId }) => ({ sourceId })),
  on("knowledge:create", "managers", ofBrand({ kind: "text", title: "New", text: "Text" })),
  on("knowledge:generateUploadUrl", "anyManager"),
  on("knowledge:addFile", "managers", ({ brandId, storageId }) => ({
    ...{ brandId, storageId, fileName: "new.txt" },
  })),
  on("knowledge:update", "managers", ({ sourceId }) => ({ sourceId, title: "Changed" })),
  on("knowledge:retry", "managers", ({ sourceId }) => ({ sourceId })),
  on("knowledge:remove", "managers", ({ sourceId }) => ({ sourceId })),
];

const DOORS: Case[] = [
  list("apiKeys:list", "team"),
  on("apiKeys:create", "managers", ofBrand({ name: "New", scope: "read" })),
  on("apiKeys:create", "wholeManagers", () => ({ name: "New", scope: "read" }), { note: "for all brands" }),
  on("apiKeys:revoke", "managers", ({ keyId }) => ({ keyId })),
  on("apiKeys:revoke", "wholeManagers", ({ wholeKeyId }) => ({ keyId: wholeKeyId }), {
    note: "of all brands",
  }),
  list("agentTokens:list", "overseers"),
  on("agentTokens:create", "team", ({ brandId }) => ({
    ...{ name: "New", access: "read", brands: [brandId], expiresAt: LATER },
  })),
  on("agentTokens:revoke", "keepers", ({ tokenId }) => ({ tokenId })),
  on("agentTokens:revoke", "wideKeepers", ({ wideTokenId }) => ({ tokenId: wideTokenId }), {
    note: "of all brands",
  }),
  on("agentTokens:recordUse", "everyone read"),
  on("webhooks:settings", "everyone"),
  list("webhooks:list", "team"),
  list("webhooks:listRecentEvents", "team"),
  list("webhooks:listDeliveries", "team", { paginationOpts }),
  on("webhooks:listDeliveries", "team", ofEndpoint({ paginationOpts }), { note: "of an endpoint" }),
  on("webhooks:getDelivery", "team", ({ deliveryId }) => ({ deliveryId })),
  on(
    "webhooks:countReplayable",
    "team",
    ofEndpoint({ since: 0 }),
    done<{ count: number }>(({ count }) => count > 0),
  ),
  on("webhooks:create", "managers", ofBrand({ url: "https://new.example.com/", events: ["lead.created"] })),
  on(
    "webhooks:create",
    "wholeManagers",
    () => ({
      ...{ url: "https://new.example.com/", events: ["lead.created"] },
    }),
    { note: "for all brands" },
  ),
  on("webhooks:update", "managers", ofEndpoint({ events: ["lead.created"] })),
  on("webhooks:update", "wholeManagers", ofWholeEndpoint({ events: ["lead.created"] }), {
    note: "of all brands",
  }),
  on("webhooks:setEnabled", "managers", ofEndpoint({ enabled: false })),
  on("webhooks:rotateSecret", "managers", ofEndpoint()),
  on("webhooks:confirmSecret", "managers", ofEndpoint()),
  on("webhooks:finishRotation", "managers", ofEndpoint()),
  on("webhooks:sendTest", "managers", ofEndpoint()),
  on("webhooks:replayFailed", "managers", ofEndpoint({ since: 0 })),
  on("webhooks:manualRetry", "managers", ({ deliveryId }) => ({ deliveryId })),
  on("webhooks:remove", "managers", ofEndpoint()),
  on("webhooks:remove", "wholeManagers", ofWholeEndpoint(), { note: "of all brands" }),
];

function ofWholeEndpoint(more: object = {}) {
  return ({ wholeSubscriptionId }: Row) => ({ subscriptionId: wholeSubscriptionId, ...more });
}

const TEAM: Case[] = [
  on("operators:list", "everyone"),
  on("operators:setRole", "superiors", ofColleague({ role: "agent" })),
  on("operators:setBrandAccess", "superiors", ({ colleagueId, brandId }) => ({
    ...{ operatorId: colleagueId, brandAccess: [brandId] },
  })),
  on("operators:makeResetLink", "superiors", ofColleague()),
  on("operators:resetTwoStep", "superiors", ofColleague()),
  on("operators:remove", "superiors", ofColleague()),
  on("invites:list", "anyManager"),
  on("invites:send", "managers", ({ brandId }) => ({
    ...{ email: "new@acme.test", role: "agent", brandAccess: [brandId] },
  })),
  on("invites:send", "wholeManagers", () => ({ email: "new@acme.test", role: "agent" }), {
    note: "to all brands",
  }),
  on("invites:revoke", "superiors", ({ inviteId }) => ({ inviteId })),
  on("auditLogs:list", "wholeManagers", () => ({ paginationOpts })),
  on("workspaces:get", "everyone"),
  on("workspaces:rename", "wholeManagers", () => ({ name: "Changed" })),
  on("retentionSettings:get", "everyone"),
  on("retentionSettings:preview", "wholeManagers", () => ({ conversationDays: 30 })),
  on("retentionSettings:update", "wholeManagers", () => ({ conversationDays: 30, webhookDays: 7 })),
  on("exports:list", "wholeOwners"),
  on("exports:start", "wholeOwners"),
  on("exports:open", "regents", ({ exportId }) => ({ exportId })),
  on("exports:getPartUrl", "regents", ({ exportId }) => ({ exportId, number: 0 })),
  on("exports:remove", "regents", ({ exportId }) => ({ exportId })),
  on("firstSteps:get", "shownToManager"),
  on("firstSteps:setDismissed", "anyManager", () => ({ dismissed: true })),
];

const OWN: Case[] = [
  on("account:updateName", "everyone", () => ({ name: "Changed" })),
  on(
    "account:updatePassword",
    "everyone",
    () => ({
      ...{ currentPassword: "not the password", newPassword: "long enough for anyone" },
    }),
    { past: "VALIDATION" },
  ),
  on("auth:createChildToken", "everyone"),
  on("sessions:list", "everyone"),
  on("sessions:revoke", "holders", ({ sessionId }) => ({ sessionId })),
  on("sessions:revokeOthers", "everyone"),
  on("twoStep:status", "everyone"),
  on("twoStep:begin", "everyone", () => wrongPassword, { past: "VALIDATION" }),
  on("twoStep:confirm", "everyone", () => ({ code: "123456" }), { past: "CONFLICT" }),
  on("twoStep:renewRecoveryCodes", "everyone", () => wrongPassword, { past: "VALIDATION" }),
  on("twoStep:disable", "everyone", () => wrongPassword, { past: "VALIDATION" }),
  on("preferences:get", "everyone"),
  on("preferences:update", "everyone", () => ({ singleKeys: false })),
  on("notifications:countUnreadActivity", "everyone"),
  on("notifications:listActivity", "everyone"),
  on("notifications:markActivityRead", "holders", ({ notificationId }) => ({ notificationId })),
  on("notifications:markAllRead", "everyone"),
];

const AGENT_SOFTWARE: Case[] = [
  list("v1/brands:list", "team read"),
  on("v1/conversations:get", "team read", inConversation()),
  on("v1/conversations:update", "team reply", inConversation({ status: "closed" })),
  list("v1/events:list", "team read"),
  on("v1/events:newest", "everyone read"),
  list("v1/inbox:list", "team read"),
  on("v1/inbox:list", "team read", ofBrand(), { note: "of a brand" }),
  list("v1/inbox:page", "team read", { paginationOpts }),
  on("v1/inbox:page", "team read", ofBrand({ paginationOpts }), { note: "of a brand" }),
  list("v1/leads:list", "team read"),
  on("v1/leads:list", "team read", ofBrand(), { note: "of a brand" }),
  on("v1/leads:create", "team reply", ofBrand({ name: "New" })),
  on("v1/leads:update", "team reply", ofLead({ name: "Changed" })),
  on("v1/messages:list", "team read", inConversation()),
  on("v1/messages:page", "team read", inConversation({ paginationOpts })),
  on("v1/messages:send", "team reply", inConversation(sent)),
  on("v1/messages:addNote", "team reply", inConversation(sent)),
  on("v1/presence:get", "team read", inConversation()),
  on("v1/presence:update", "team reply", inConversation({ isViewing: true })),
];

export const CASES: Case[] = [
  ...CONVERSATIONS,
  ...LEADS,
  ...BRANDS,
  ...ATLAS,
  ...DOORS,
  ...TEAM,
  ...OWN,
  ...AGENT_SOFTWARE,
];
