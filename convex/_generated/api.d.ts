/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as auth from "../auth.js";
import type * as brands from "../brands.js";
import type * as conversations from "../conversations.js";
import type * as errors from "../errors.js";
import type * as functions from "../functions.js";
import type * as http from "../http.js";
import type * as logic_origins from "../logic/origins.js";
import type * as logic_passwordHash from "../logic/passwordHash.js";
import type * as logic_permissions from "../logic/permissions.js";
import type * as logic_slug from "../logic/slug.js";
import type * as logic_tokens from "../logic/tokens.js";
import type * as messages from "../messages.js";
import type * as model_apiKeys from "../model/apiKeys.js";
import type * as model_brands from "../model/brands.js";
import type * as model_conversations from "../model/conversations.js";
import type * as model_events from "../model/events.js";
import type * as model_inbox from "../model/inbox.js";
import type * as model_messages from "../model/messages.js";
import type * as model_paging from "../model/paging.js";
import type * as model_provisioning from "../model/provisioning.js";
import type * as model_readMarks from "../model/readMarks.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_starts from "../model/starts.js";
import type * as model_visitors from "../model/visitors.js";
import type * as model_widgets from "../model/widgets.js";
import type * as model_workspaces from "../model/workspaces.js";
import type * as notifications from "../notifications.js";
import type * as passwords from "../passwords.js";
import type * as rest_responses from "../rest/responses.js";
import type * as rest_router from "../rest/router.js";
import type * as setup from "../setup.js";
import type * as validators from "../validators.js";
import type * as visitors from "../visitors.js";
import type * as widgetHttp_cors from "../widgetHttp/cors.js";
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
  auth: typeof auth;
  brands: typeof brands;
  conversations: typeof conversations;
  errors: typeof errors;
  functions: typeof functions;
  http: typeof http;
  "logic/origins": typeof logic_origins;
  "logic/passwordHash": typeof logic_passwordHash;
  "logic/permissions": typeof logic_permissions;
  "logic/slug": typeof logic_slug;
  "logic/tokens": typeof logic_tokens;
  messages: typeof messages;
  "model/apiKeys": typeof model_apiKeys;
  "model/brands": typeof model_brands;
  "model/conversations": typeof model_conversations;
  "model/events": typeof model_events;
  "model/inbox": typeof model_inbox;
  "model/messages": typeof model_messages;
  "model/paging": typeof model_paging;
  "model/provisioning": typeof model_provisioning;
  "model/readMarks": typeof model_readMarks;
  "model/sessions": typeof model_sessions;
  "model/starts": typeof model_starts;
  "model/visitors": typeof model_visitors;
  "model/widgets": typeof model_widgets;
  "model/workspaces": typeof model_workspaces;
  notifications: typeof notifications;
  passwords: typeof passwords;
  "rest/responses": typeof rest_responses;
  "rest/router": typeof rest_router;
  setup: typeof setup;
  validators: typeof validators;
  visitors: typeof visitors;
  "widgetHttp/cors": typeof widgetHttp_cors;
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

export declare const components: {};
