/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as agentTokens from "../agentTokens.js";
import type * as apiKeys from "../apiKeys.js";
import type * as atlas from "../atlas.js";
import type * as atlasModel_extract from "../atlasModel/extract.js";
import type * as atlasModel_model from "../atlasModel/model.js";
import type * as atlasModel_pinnedFetch from "../atlasModel/pinnedFetch.js";
import type * as atlasRunner from "../atlasRunner.js";
import type * as attachments from "../attachments.js";
import type * as auth from "../auth.js";
import type * as brands from "../brands.js";
import type * as conversationTags from "../conversationTags.js";
import type * as conversations from "../conversations.js";
import type * as crons from "../crons.js";
import type * as errors from "../errors.js";
import type * as events from "../events.js";
import type * as functions from "../functions.js";
import type * as http from "../http.js";
import type * as identity from "../identity.js";
import type * as invites from "../invites.js";
import type * as knowledge from "../knowledge.js";
import type * as leadDesk from "../leadDesk.js";
import type * as leads from "../leads.js";
import type * as logic_addressSafety from "../logic/addressSafety.js";
import type * as logic_addresses from "../logic/addresses.js";
import type * as logic_atlas_chunking from "../logic/atlas/chunking.js";
import type * as logic_atlas_prompt from "../logic/atlas/prompt.js";
import type * as logic_atlas_quote from "../logic/atlas/quote.js";
import type * as logic_atlas_strength from "../logic/atlas/strength.js";
import type * as logic_atlas_terms from "../logic/atlas/terms.js";
import type * as logic_files from "../logic/files.js";
import type * as logic_identityToken from "../logic/identityToken.js";
import type * as logic_imageType from "../logic/imageType.js";
import type * as logic_origins from "../logic/origins.js";
import type * as logic_passwordHash from "../logic/passwordHash.js";
import type * as logic_permissions from "../logic/permissions.js";
import type * as logic_retrySchedule from "../logic/retrySchedule.js";
import type * as logic_sealing from "../logic/sealing.js";
import type * as logic_slug from "../logic/slug.js";
import type * as logic_tokens from "../logic/tokens.js";
import type * as logic_webhookEnvelope from "../logic/webhookEnvelope.js";
import type * as logic_webhookOutcome from "../logic/webhookOutcome.js";
import type * as logic_webhookSignature from "../logic/webhookSignature.js";
import type * as logic_webhookUrl from "../logic/webhookUrl.js";
import type * as messageDrafts from "../messageDrafts.js";
import type * as messages from "../messages.js";
import type * as model_agentTokens from "../model/agentTokens.js";
import type * as model_apiKeys from "../model/apiKeys.js";
import type * as model_atlasModels from "../model/atlasModels.js";
import type * as model_atlasRuns from "../model/atlasRuns.js";
import type * as model_atlasSettings from "../model/atlasSettings.js";
import type * as model_atlasTurns from "../model/atlasTurns.js";
import type * as model_attachments from "../model/attachments.js";
import type * as model_audit from "../model/audit.js";
import type * as model_brandLife from "../model/brandLife.js";
import type * as model_brands from "../model/brands.js";
import type * as model_clientAddress from "../model/clientAddress.js";
import type * as model_conversationPages from "../model/conversationPages.js";
import type * as model_conversationRows from "../model/conversationRows.js";
import type * as model_conversationTags from "../model/conversationTags.js";
import type * as model_conversations from "../model/conversations.js";
import type * as model_drafts from "../model/drafts.js";
import type * as model_events from "../model/events.js";
import type * as model_feed from "../model/feed.js";
import type * as model_handover from "../model/handover.js";
import type * as model_idempotency from "../model/idempotency.js";
import type * as model_identities from "../model/identities.js";
import type * as model_inbox from "../model/inbox.js";
import type * as model_invites from "../model/invites.js";
import type * as model_keyScope from "../model/keyScope.js";
import type * as model_keyset from "../model/keyset.js";
import type * as model_knowledge from "../model/knowledge.js";
import type * as model_leadDuplicates from "../model/leadDuplicates.js";
import type * as model_leadImport from "../model/leadImport.js";
import type * as model_leadLists from "../model/leadLists.js";
import type * as model_leadPurge from "../model/leadPurge.js";
import type * as model_leadRemarks from "../model/leadRemarks.js";
import type * as model_leadSearch from "../model/leadSearch.js";
import type * as model_leads from "../model/leads.js";
import type * as model_logos from "../model/logos.js";
import type * as model_messages from "../model/messages.js";
import type * as model_notifications from "../model/notifications.js";
import type * as model_operators from "../model/operators.js";
import type * as model_paging from "../model/paging.js";
import type * as model_provisioning from "../model/provisioning.js";
import type * as model_rateLimits from "../model/rateLimits.js";
import type * as model_readMarks from "../model/readMarks.js";
import type * as model_removal from "../model/removal.js";
import type * as model_retry from "../model/retry.js";
import type * as model_search from "../model/search.js";
import type * as model_secretKeys from "../model/secretKeys.js";
import type * as model_secretRotation from "../model/secretRotation.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_sightings from "../model/sightings.js";
import type * as model_starts from "../model/starts.js";
import type * as model_team from "../model/team.js";
import type * as model_throttles from "../model/throttles.js";
import type * as model_typing from "../model/typing.js";
import type * as model_visitorRequests from "../model/visitorRequests.js";
import type * as model_visitorSessions from "../model/visitorSessions.js";
import type * as model_visitors from "../model/visitors.js";
import type * as model_webhookDeliveries from "../model/webhookDeliveries.js";
import type * as model_webhookFastLane from "../model/webhookFastLane.js";
import type * as model_webhookHealth from "../model/webhookHealth.js";
import type * as model_webhookLanes from "../model/webhookLanes.js";
import type * as model_webhookLog from "../model/webhookLog.js";
import type * as model_webhookManual from "../model/webhookManual.js";
import type * as model_webhookPurge from "../model/webhookPurge.js";
import type * as model_webhookRequests from "../model/webhookRequests.js";
import type * as model_webhookResults from "../model/webhookResults.js";
import type * as model_webhookSecrets from "../model/webhookSecrets.js";
import type * as model_webhookSending from "../model/webhookSending.js";
import type * as model_webhookSettings from "../model/webhookSettings.js";
import type * as model_webhookSlowLane from "../model/webhookSlowLane.js";
import type * as model_webhookSubscriptions from "../model/webhookSubscriptions.js";
import type * as model_widgets from "../model/widgets.js";
import type * as model_workspaces from "../model/workspaces.js";
import type * as notifications from "../notifications.js";
import type * as operators from "../operators.js";
import type * as passwords from "../passwords.js";
import type * as rest_cursor from "../rest/cursor.js";
import type * as rest_errors from "../rest/errors.js";
import type * as rest_examples from "../rest/examples.js";
import type * as rest_feedCursor from "../rest/feedCursor.js";
import type * as rest_handlers from "../rest/handlers.js";
import type * as rest_openapi from "../rest/openapi.js";
import type * as rest_operation from "../rest/operation.js";
import type * as rest_operations from "../rest/operations.js";
import type * as rest_parse from "../rest/parse.js";
import type * as rest_problems from "../rest/problems.js";
import type * as rest_responseHeaders from "../rest/responseHeaders.js";
import type * as rest_responses from "../rest/responses.js";
import type * as rest_router from "../rest/router.js";
import type * as rest_routes from "../rest/routes.js";
import type * as rest_rows from "../rest/rows.js";
import type * as rest_shapes_answers from "../rest/shapes/answers.js";
import type * as rest_shapes_events from "../rest/shapes/events.js";
import type * as rest_shapes_fields from "../rest/shapes/fields.js";
import type * as rest_webhookHeaders from "../rest/webhookHeaders.js";
import type * as retention from "../retention.js";
import type * as schema_accounts from "../schema/accounts.js";
import type * as schema_atlas from "../schema/atlas.js";
import type * as schema_audit from "../schema/audit.js";
import type * as schema_drafts from "../schema/drafts.js";
import type * as schema_identity from "../schema/identity.js";
import type * as schema_sightings from "../schema/sightings.js";
import type * as schema_conversations from "../schema/conversations.js";
import type * as schema_leads from "../schema/leads.js";
import type * as schema_webhooks from "../schema/webhooks.js";
import type * as schema_widgets from "../schema/widgets.js";
import type * as search from "../search.js";
import type * as setup from "../setup.js";
import type * as typing from "../typing.js";
import type * as v1_brands from "../v1/brands.js";
import type * as v1_conversations from "../v1/conversations.js";
import type * as v1_events from "../v1/events.js";
import type * as v1_leads from "../v1/leads.js";
import type * as v1_messages from "../v1/messages.js";
import type * as v1_shapes from "../v1/shapes.js";
import type * as validators from "../validators.js";
import type * as validators_accounts from "../validators/accounts.js";
import type * as validators_agentTokens from "../validators/agentTokens.js";
import type * as validators_atlas from "../validators/atlas.js";
import type * as validators_attachments from "../validators/attachments.js";
import type * as validators_audit from "../validators/audit.js";
import type * as validators_brands from "../validators/brands.js";
import type * as validators_drafts from "../validators/drafts.js";
import type * as validators_identity from "../validators/identity.js";
import type * as validators_leads from "../validators/leads.js";
import type * as validators_search from "../validators/search.js";
import type * as validators_conversations from "../validators/conversations.js";
import type * as validators_webhooks from "../validators/webhooks.js";
import type * as validators_widget from "../validators/widget.js";
import type * as visitors from "../visitors.js";
import type * as webhookDelivery from "../webhookDelivery.js";
import type * as webhookExchange_exchange from "../webhookExchange/exchange.js";
import type * as webhookExchange_resolve from "../webhookExchange/resolve.js";
import type * as webhookExchange_sending from "../webhookExchange/sending.js";
import type * as webhookSender from "../webhookSender.js";
import type * as webhooks from "../webhooks.js";
import type * as widgetHttp_cors from "../widgetHttp/cors.js";
import type * as widgetHttp_files from "../widgetHttp/files.js";
import type * as widgetHttp_parseStart from "../widgetHttp/parseStart.js";
import type * as widgetHttp_routes from "../widgetHttp/routes.js";
import type * as widgets from "../widgets.js";
import type * as workspaces from "../workspaces.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  agentTokens: typeof agentTokens;
  apiKeys: typeof apiKeys;
  atlas: typeof atlas;
  "atlasModel/extract": typeof atlasModel_extract;
  "atlasModel/model": typeof atlasModel_model;
  "atlasModel/pinnedFetch": typeof atlasModel_pinnedFetch;
  atlasRunner: typeof atlasRunner;
  attachments: typeof attachments;
  auth: typeof auth;
  brands: typeof brands;
  conversationTags: typeof conversationTags;
  conversations: typeof conversations;
  crons: typeof crons;
  errors: typeof errors;
  events: typeof events;
  functions: typeof functions;
  http: typeof http;
  identity: typeof identity;
  invites: typeof invites;
  knowledge: typeof knowledge;
  leadDesk: typeof leadDesk;
  leads: typeof leads;
  "logic/addressSafety": typeof logic_addressSafety;
  "logic/addresses": typeof logic_addresses;
  "logic/atlas/chunking": typeof logic_atlas_chunking;
  "logic/atlas/prompt": typeof logic_atlas_prompt;
  "logic/atlas/quote": typeof logic_atlas_quote;
  "logic/atlas/strength": typeof logic_atlas_strength;
  "logic/atlas/terms": typeof logic_atlas_terms;
  "logic/files": typeof logic_files;
  "logic/identityToken": typeof logic_identityToken;
  "logic/imageType": typeof logic_imageType;
  "logic/origins": typeof logic_origins;
  "logic/passwordHash": typeof logic_passwordHash;
  "logic/permissions": typeof logic_permissions;
  "logic/retrySchedule": typeof logic_retrySchedule;
  "logic/sealing": typeof logic_sealing;
  "logic/slug": typeof logic_slug;
  "logic/tokens": typeof logic_tokens;
  "logic/webhookEnvelope": typeof logic_webhookEnvelope;
  "logic/webhookOutcome": typeof logic_webhookOutcome;
  "logic/webhookSignature": typeof logic_webhookSignature;
  "logic/webhookUrl": typeof logic_webhookUrl;
  messageDrafts: typeof messageDrafts;
  messages: typeof messages;
  "model/agentTokens": typeof model_agentTokens;
  "model/apiKeys": typeof model_apiKeys;
  "model/atlasModels": typeof model_atlasModels;
  "model/atlasRuns": typeof model_atlasRuns;
  "model/atlasSettings": typeof model_atlasSettings;
  "model/atlasTurns": typeof model_atlasTurns;
  "model/attachments": typeof model_attachments;
  "model/audit": typeof model_audit;
  "model/brandLife": typeof model_brandLife;
  "model/brands": typeof model_brands;
  "model/clientAddress": typeof model_clientAddress;
  "model/conversationPages": typeof model_conversationPages;
  "model/conversationRows": typeof model_conversationRows;
  "model/conversationTags": typeof model_conversationTags;
  "model/conversations": typeof model_conversations;
  "model/drafts": typeof model_drafts;
  "model/events": typeof model_events;
  "model/feed": typeof model_feed;
  "model/handover": typeof model_handover;
  "model/idempotency": typeof model_idempotency;
  "model/identities": typeof model_identities;
  "model/inbox": typeof model_inbox;
  "model/invites": typeof model_invites;
  "model/keyScope": typeof model_keyScope;
  "model/keyset": typeof model_keyset;
  "model/knowledge": typeof model_knowledge;
  "model/leadDuplicates": typeof model_leadDuplicates;
  "model/leadImport": typeof model_leadImport;
  "model/leadLists": typeof model_leadLists;
  "model/leadPurge": typeof model_leadPurge;
  "model/leadRemarks": typeof model_leadRemarks;
  "model/leadSearch": typeof model_leadSearch;
  "model/leads": typeof model_leads;
  "model/logos": typeof model_logos;
  "model/messages": typeof model_messages;
  "model/notifications": typeof model_notifications;
  "model/operators": typeof model_operators;
  "model/paging": typeof model_paging;
  "model/provisioning": typeof model_provisioning;
  "model/rateLimits": typeof model_rateLimits;
  "model/readMarks": typeof model_readMarks;
  "model/removal": typeof model_removal;
  "model/retry": typeof model_retry;
  "model/search": typeof model_search;
  "model/secretKeys": typeof model_secretKeys;
  "model/secretRotation": typeof model_secretRotation;
  "model/sessions": typeof model_sessions;
  "model/sightings": typeof model_sightings;
  "model/starts": typeof model_starts;
  "model/team": typeof model_team;
  "model/throttles": typeof model_throttles;
  "model/typing": typeof model_typing;
  "model/visitorRequests": typeof model_visitorRequests;
  "model/visitorSessions": typeof model_visitorSessions;
  "model/visitors": typeof model_visitors;
  "model/webhookDeliveries": typeof model_webhookDeliveries;
  "model/webhookFastLane": typeof model_webhookFastLane;
  "model/webhookHealth": typeof model_webhookHealth;
  "model/webhookLanes": typeof model_webhookLanes;
  "model/webhookLog": typeof model_webhookLog;
  "model/webhookManual": typeof model_webhookManual;
  "model/webhookPurge": typeof model_webhookPurge;
  "model/webhookRequests": typeof model_webhookRequests;
  "model/webhookResults": typeof model_webhookResults;
  "model/webhookSecrets": typeof model_webhookSecrets;
  "model/webhookSending": typeof model_webhookSending;
  "model/webhookSettings": typeof model_webhookSettings;
  "model/webhookSlowLane": typeof model_webhookSlowLane;
  "model/webhookSubscriptions": typeof model_webhookSubscriptions;
  "model/widgets": typeof model_widgets;
  "model/workspaces": typeof model_workspaces;
  notifications: typeof notifications;
  operators: typeof operators;
  passwords: typeof passwords;
  "rest/cursor": typeof rest_cursor;
  "rest/errors": typeof rest_errors;
  "rest/examples": typeof rest_examples;
  "rest/feedCursor": typeof rest_feedCursor;
  "rest/handlers": typeof rest_handlers;
  "rest/openapi": typeof rest_openapi;
  "rest/operation": typeof rest_operation;
  "rest/operations": typeof rest_operations;
  "rest/parse": typeof rest_parse;
  "rest/problems": typeof rest_problems;
  "rest/responseHeaders": typeof rest_responseHeaders;
  "rest/responses": typeof rest_responses;
  "rest/router": typeof rest_router;
  "rest/routes": typeof rest_routes;
  "rest/rows": typeof rest_rows;
  "rest/shapes/answers": typeof rest_shapes_answers;
  "rest/shapes/events": typeof rest_shapes_events;
  "rest/shapes/fields": typeof rest_shapes_fields;
  "rest/webhookHeaders": typeof rest_webhookHeaders;
  retention: typeof retention;
  "schema/accounts": typeof schema_accounts;
  "schema/atlas": typeof schema_atlas;
  "schema/audit": typeof schema_audit;
  "schema/drafts": typeof schema_drafts;
  "schema/identity": typeof schema_identity;
  "schema/sightings": typeof schema_sightings;
  "schema/conversations": typeof schema_conversations;
  "schema/leads": typeof schema_leads;
  "schema/webhooks": typeof schema_webhooks;
  "schema/widgets": typeof schema_widgets;
  search: typeof search;
  setup: typeof setup;
  typing: typeof typing;
  "v1/brands": typeof v1_brands;
  "v1/conversations": typeof v1_conversations;
  "v1/events": typeof v1_events;
  "v1/leads": typeof v1_leads;
  "v1/messages": typeof v1_messages;
  "v1/shapes": typeof v1_shapes;
  validators: typeof validators;
  "validators/accounts": typeof validators_accounts;
  "validators/agentTokens": typeof validators_agentTokens;
  "validators/atlas": typeof validators_atlas;
  "validators/attachments": typeof validators_attachments;
  "validators/audit": typeof validators_audit;
  "validators/brands": typeof validators_brands;
  "validators/drafts": typeof validators_drafts;
  "validators/identity": typeof validators_identity;
  "validators/leads": typeof validators_leads;
  "validators/search": typeof validators_search;
  "validators/conversations": typeof validators_conversations;
  "validators/webhooks": typeof validators_webhooks;
  "validators/widget": typeof validators_widget;
  visitors: typeof visitors;
  webhookDelivery: typeof webhookDelivery;
  "webhookExchange/exchange": typeof webhookExchange_exchange;
  "webhookExchange/resolve": typeof webhookExchange_resolve;
  "webhookExchange/sending": typeof webhookExchange_sending;
  webhookSender: typeof webhookSender;
  webhooks: typeof webhooks;
  "widgetHttp/cors": typeof widgetHttp_cors;
  "widgetHttp/files": typeof widgetHttp_files;
  "widgetHttp/parseStart": typeof widgetHttp_parseStart;
  "widgetHttp/routes": typeof widgetHttp_routes;
  widgets: typeof widgets;
  workspaces: typeof workspaces;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {
  rateLimiter: import("@convex-dev/rate-limiter/_generated/component.js").ComponentApi<"rateLimiter">;
};
