import { v } from "convex/values";
import { internalAction, publicQuery } from "./functions";
import { API_KEY_BYTES, apiKeyPrefix, formatApiKey, sha256Hex } from "./logic/tokens";
import { checkProvisionInput, provisionWorkspace } from "./model/provisioning";
import { needsSetupToken } from "./model/setupToken";
import { hasWorkspace } from "./model/workspaces";

/** Whether the deployment still waits for its first workspace. Public: the web app asks before anyone can log in. */
export const status = publicQuery({
  args: {},
  returns: v.object({ needsSetup: v.boolean() }),
  handler: async (ctx) => ({ needsSetup: !(await hasWorkspace(ctx.db)) }),
});

/** Whether `workspaces:create` takes the token that `npm start` printed. Public: the set-up page asks for it then. */
export const needsToken = publicQuery({
  args: {},
  returns: v.boolean(),
  handler: () => needsSetupToken(),
});

/** A workspace for installs without a browser: `npx convex run setup:provision '{…}'`. The key is shown this once. */
export const provision = internalAction({
  args: { workspace: v.string(), name: v.string(), email: v.string(), password: v.string() },
  returns: v.object({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    brandId: v.id("brands"),
    widgetId: v.string(),
    sessionToken: v.string(),
    apiKey: v.string(),
  }),
  handler: async (ctx, args) => {
    const input = checkProvisionInput({
      workspace: { field: "workspace", text: args.workspace },
      name: { field: "name", text: args.name },
      email: { field: "email", text: args.email },
      password: { field: "password", text: args.password },
    });
    const apiKey = formatApiKey(crypto.getRandomValues(new Uint8Array(API_KEY_BYTES)));
    const { expiresAt, ...made } = await provisionWorkspace(ctx, input, {
      onlyFirst: false,
      apiKey: { prefix: apiKeyPrefix(apiKey), keyHash: await sha256Hex(apiKey) },
    });
    return { ...made, apiKey };
  },
});
