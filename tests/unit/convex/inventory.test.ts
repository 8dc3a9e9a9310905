// @vitest-environment node
import { describe, expect, it } from "vitest";
import { CASES } from "./matrix/cases";
import { functions } from "./registered";

/** Who a public function serves, which its builder checks. A new public function needs a line here. */
const PUBLIC: Record<string, "operator" | "visitor" | "anyone"> = {
  "account:updateName": "operator",
  "account:updatePassword": "operator", // by the internal mutations behind it
  "agentTokens:create": "operator", // by the internal mutation behind it
  "agentTokens:list": "operator",
  "agentTokens:recordUse": "operator",
  "agentTokens:revoke": "operator",
  "analytics:overview": "operator",
  "apiKeys:create": "operator", // by the internal mutation behind it
  "apiKeys:list": "operator",
  "apiKeys:revoke": "operator",
  "atlas:acceptSuggestion": "operator",
  "atlas:addQuestion": "operator",
  "atlas:dismissSuggestion": "operator",
  "atlas:getBrandSettings": "operator",
  "atlas:getConfig": "operator",
  "atlas:getRun": "operator",
  "atlas:latestRun": "operator",
  "atlas:listQuestions": "operator",
  "atlas:listRuns": "operator",
  "atlas:rateRun": "operator",
  "atlas:removeModel": "operator",
  "atlas:removeQuestion": "operator",
  "atlas:replayRun": "operator",
  "atlas:resume": "operator",
  "atlas:runEvaluation": "operator",
  "atlas:setBudget": "operator",
  "atlas:setModel": "operator", // by the internal query before it
  "atlas:updateBrandSettings": "operator",
  "auditLogs:list": "operator",
  "auth:completeLogin": "anyone", // by the challenge of a login and a code
  "auth:createChildToken": "operator", // by the internal mutation behind it
  "auth:login": "anyone", // by email and password
  "auth:logout": "anyone", // whoever knows a token may end it
  "auth:me": "anyone", // answers null without a valid token
  "brands:create": "operator", // by the internal mutation behind it
  "brands:getActivity": "operator",
  "brands:endIdentityRotation": "operator",
  "brands:getById": "operator",
  "brands:getIdentity": "operator",
  "brands:getWidgetSettings": "operator",
  "brands:listMine": "operator",
  "brands:listWidgetSightings": "operator",
  "brands:remove": "operator",
  "brands:rotateIdentitySecret": "operator", // by the internal functions behind it
  "brands:setIdentityMode": "operator",
  "brands:update": "operator",
  "brands:uploadLogo": "operator", // by the internal functions behind it
  "conversationTags:addTag": "operator",
  "conversationTags:listForConversation": "operator",
  "conversationTags:listForWorkspace": "operator",
  "conversationTags:removeTag": "operator",
  "conversations:assign": "operator",
  "conversations:changeMany": "operator",
  "conversations:getById": "operator",
  "conversations:getVisitorState": "operator",
  "conversations:listAnswered": "operator",
  "conversations:listAssignees": "operator",
  "conversations:listInbox": "operator",
  "conversations:listPage": "operator",
  "conversations:listOfVisitor": "operator",
  "conversations:listWaiting": "operator",
  "conversations:merge": "operator",
  "conversations:setStatus": "operator",
  "conversations:snooze": "operator",
  "conversations:undoMany": "operator",
  "firstSteps:get": "operator",
  "firstSteps:setDismissed": "operator",
  "invites:accept": "anyone", // by the invite's token
  "invites:list": "operator",
  "invites:lookup": "anyone", // answers null without a live token
  "invites:revoke": "operator",
  "invites:send": "operator", // by the internal mutation behind it
  "identity:signIn": "anyone", // by the token that the site has signed
  "knowledge:addFile": "operator",
  "knowledge:create": "operator",
  "knowledge:generateUploadUrl": "operator",
  "knowledge:get": "operator",
  "knowledge:list": "operator",
  "knowledge:remove": "operator",
  "knowledge:retry": "operator",
  "knowledge:update": "operator",
  "leadDesk:findSame": "operator",
  "leadDesk:importBatch": "operator",
  "leadDesk:listDuplicated": "operator",
  "leadDesk:merge": "operator",
  "leadDesk:removeMany": "operator",
  "leadDesk:restore": "operator",
  "leadDesk:search": "operator",
  "leadDesk:updateMany": "operator",
  "leads:addRemark": "operator",
  "leads:assign": "operator",
  "erasures:list": "operator",
  "erasures:listSame": "operator",
  "erasures:start": "operator",
  "exports:getPartUrl": "operator",
  "exports:list": "operator",
  "exports:open": "operator",
  "exports:remove": "operator",
  "exports:start": "operator",
  "leads:create": "operator",
  "leads:createFromConversation": "operator",
  "leads:deleteRemark": "operator",
  "leads:findByConversation": "operator",
  "leads:getById": "operator",
  "leads:list": "operator",
  "leads:listPage": "operator",
  "leads:listRemarks": "operator",
  "leads:remove": "operator",
  "leads:update": "operator",
  "leads:updateRemark": "operator",
  "leads:updateStatus": "operator",
  "messageDrafts:get": "operator",
  "messageDrafts:listMine": "operator",
  "messageDrafts:remove": "operator",
  "messageDrafts:upsert": "operator",
  "messages:generateUploadUrl": "operator",
  "messages:listByConversation": "operator",
  "messages:listPage": "operator",
  "messages:send": "operator",
  "notifications:countUnreadActivity": "operator",
  "notifications:listActivity": "operator",
  "notifications:listUnread": "operator",
  "notifications:markActivityRead": "operator",
  "notifications:markAllRead": "operator",
  "notifications:markRead": "operator",
  "preferences:get": "operator",
  "preferences:update": "operator",
  "search:all": "operator",
  "operators:list": "operator",
  "operators:makeResetLink": "operator", // by the internal mutation behind it
  "operators:remove": "operator",
  "operators:resetTwoStep": "operator",
  "operators:setBrandAccess": "operator",
  "operators:setRole": "operator",
  "presence:heartbeat": "operator",
  "presence:listViewers": "operator",
  "retentionSettings:get": "operator",
  "retentionSettings:preview": "operator",
  "retentionSettings:update": "operator",
  "savedReplies:create": "operator",
  "savedReplies:list": "operator",
  "savedReplies:remove": "operator",
  "savedReplies:update": "operator",
  "passwordReset:complete": "anyone", // by the link's token
  "passwordReset:lookup": "anyone", // answers null without a live token
  "passwordReset:request": "anyone", // the answer is the same for every email
  "passwordReset:settings": "anyone", // asked before anyone can log in
  "sessions:list": "operator",
  "sessions:revoke": "operator",
  "sessions:revokeOthers": "operator",
  "setup:needsToken": "anyone", // asked before anyone can log in
  "setup:status": "anyone", // asked before anyone can log in
  "twoStep:begin": "operator", // by the internal mutations behind it
  "twoStep:confirm": "operator", // by the internal query and mutation behind it
  "twoStep:disable": "operator", // by the internal mutations behind it
  "twoStep:renewRecoveryCodes": "operator", // by the internal mutations behind it
  "twoStep:status": "operator",
  "typing:setOperatorTyping": "operator",
  "v1/brands:list": "operator",
  "v1/conversations:get": "operator",
  "v1/conversations:update": "operator",
  "v1/events:list": "operator",
  "v1/events:newest": "operator",
  "v1/inbox:list": "operator",
  "v1/inbox:page": "operator",
  "v1/leads:create": "operator",
  "v1/leads:list": "operator",
  "v1/leads:update": "operator",
  "v1/messages:addNote": "operator",
  "v1/messages:list": "operator",
  "v1/messages:page": "operator",
  "v1/messages:send": "operator",
  "v1/presence:get": "operator",
  "v1/presence:update": "operator",
  "visitors:endConversation": "visitor",
  "visitors:generateUploadUrl": "visitor",
  "visitors:getTeamState": "visitor",
  "visitors:identifyAndStartConversation": "anyone", // makes the visitor
  "visitors:leaveEmail": "visitor",
  "visitors:listMessagesBefore": "visitor",
  "visitors:listMessagesForVisitor": "visitor",
  "visitors:listMessagesPage": "visitor",
  "visitors:markRead": "visitor",
  "visitors:requestHumanAgent": "visitor",
  "visitors:resume": "visitor",
  "visitors:sendVisitorMessage": "visitor",
  "visitors:setPageData": "visitor",
  "visitors:setPreciseLocation": "visitor",
  "visitors:setTyping": "visitor",
  "webhooks:confirmSecret": "operator",
  "webhooks:countReplayable": "operator",
  "webhooks:create": "operator", // by the internal mutation behind it
  "webhooks:finishRotation": "operator",
  "webhooks:getDelivery": "operator",
  "webhooks:list": "operator",
  "webhooks:listDeliveries": "operator",
  "webhooks:listRecentEvents": "operator",
  "webhooks:manualRetry": "operator",
  "webhooks:remove": "operator",
  "webhooks:replayFailed": "operator",
  "webhooks:rotateSecret": "operator", // by the internal mutation behind it
  "webhooks:sendTest": "operator",
  "webhooks:setEnabled": "operator",
  "webhooks:settings": "operator",
  "webhooks:update": "operator",
  "widgets:getConfigByWidgetId": "anyone", // the id is in the page's source
  "workspaces:get": "operator",
  "workspaces:rename": "operator",
  "workspaces:create": "anyone", // only while there is no workspace
};

/** What an agent token must be allowed to call the function; it is refused everywhere else. */
const AGENTS: Record<string, "read" | "reply"> = {
  "agentTokens:recordUse": "read",
  "brands:getById": "read",
  "brands:listMine": "read",
  "conversationTags:addTag": "reply",
  "conversationTags:listForConversation": "read",
  "conversationTags:listForWorkspace": "read",
  "conversationTags:removeTag": "reply",
  "conversations:assign": "reply",
  "conversations:getById": "read",
  "conversations:getVisitorState": "read",
  "conversations:listAnswered": "read",
  "conversations:listAssignees": "read",
  "conversations:listInbox": "read",
  "conversations:listPage": "read",
  "conversations:listWaiting": "read",
  "conversations:setStatus": "reply",
  "leads:assign": "reply",
  "conversations:snooze": "reply",
  "leads:create": "reply",
  "leads:createFromConversation": "reply",
  "leads:findByConversation": "read",
  "leads:getById": "read",
  "leads:list": "read",
  "leads:listPage": "read",
  "leads:update": "reply",
  "leads:updateStatus": "reply",
  "messages:generateUploadUrl": "reply",
  "messages:listByConversation": "read",
  "messages:listPage": "read",
  "messages:send": "reply",
  "presence:heartbeat": "reply",
  "presence:listViewers": "read",
  "search:all": "read",
  "typing:setOperatorTyping": "reply",
  "v1/brands:list": "read",
  "v1/conversations:get": "read",
  "v1/conversations:update": "reply",
  "v1/events:list": "read",
  "v1/events:newest": "read",
  "v1/inbox:list": "read",
  "v1/inbox:page": "read",
  "v1/leads:create": "reply",
  "v1/leads:list": "read",
  "v1/leads:update": "reply",
  "v1/messages:addNote": "reply",
  "v1/messages:list": "read",
  "v1/messages:page": "read",
  "v1/messages:send": "reply",
  "v1/presence:get": "read",
  "v1/presence:update": "reply",
};

const IDENTITY_ARGS = {
  operator: ["sessionToken"],
  visitor: ["visitorKey", "widgetId"],
  anyone: [],
};

const sources = import.meta.glob<string>("../../../convex/**/*.ts", {
  eager: true,
  query: "?raw",
  import: "default",
});

describe("functions", () => {
  it("that agent tokens may call are those of the list", () => {
    const open = Object.entries(sources).flatMap(([path, source]) => {
      const module = path.replace(/^.*\/convex\//, "").replace(/\.ts$/, "");
      const found = source.matchAll(/export const (\w+) = operator\w+\(\{\s*agents: "(\w+)"/g);
      return [...found].map(([, name, access]) => [`${module}:${name}`, access]);
    });
    expect(Object.fromEntries(open)).toEqual(AGENTS);
    const all = Object.values(sources).flatMap((source) => source.match(/\bagents: "/g) ?? []);
    expect(all).toHaveLength(Object.keys(AGENTS).length);
  });

  it("that are public are those of the list", () => {
    const names = functions.filter(({ registered }) => registered.isPublic).map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(PUBLIC).sort());
  });

  it("for operators have their line in matrix/cases.ts, which says who may call them", () => {
    const operators = Object.entries(PUBLIC).flatMap(([name, kind]) => (kind === "operator" ? [name] : []));
    expect([...new Set(CASES.map(({ name }) => name))].sort()).toEqual(operators.sort());
  });

  it.each(functions.map(({ name, registered }) => [name, registered] as const))(
    "%s declares arguments and result",
    (_name, registered) => {
      expect(JSON.parse(registered.exportArgs())).toMatchObject({ type: "object" });
      expect(JSON.parse(registered.exportReturns())).not.toBeNull();
    },
  );

  it.each(functions.filter(({ name }) => name in PUBLIC))(
    "$name takes the identity it needs",
    ({ name, registered }) => {
      const args = JSON.parse(registered.exportArgs()) as { value: Record<string, { optional: boolean }> };
      const kind = PUBLIC[name] ?? "anyone";
      for (const arg of IDENTITY_ARGS[kind]) expect(args.value[arg]).toMatchObject({ optional: false });
    },
  );

  it("live in no module of shared code", () => {
    const shared = functions.filter(({ name }) => /^(model|logic|rest|widgetHttp)\//.test(name));
    expect(shared).toEqual([]);
  });
});
