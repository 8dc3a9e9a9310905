import { v } from "convex/values";
import { api } from "./_generated/api";
import { checkName } from "../lib/validation";
import { notFound, refusal, valid } from "./errors";
import { internalMutation, operatorMutation, operatorQuery, publicAction } from "./functions";
import { insertApiKey } from "./model/apiKeys";
import { checkProvisionInput, provisionWorkspace } from "./model/provisioning";
import type { Provisioned } from "./model/provisioning";
import { createSession } from "./model/sessions";
import { requireSetupToken } from "./model/setupToken";
import { createWorkspace, hasWorkspace, renameWorkspace } from "./model/workspaces";

const setupDone = () => refusal("SETUP_DONE", "This deployment is set up already. Log in instead.");

/**
 * The first workspace of a deployment, its owner logged in. Open while there is none; one call wins. Where others can reach
 * the deployment (`setup:needsToken`), only with the token that `npm start` printed.
 */
export const create = publicAction({
  args: {
    workspaceName: v.string(),
    ownerName: v.string(),
    ownerEmail: v.string(),
    ownerPassword: v.string(),
    setupToken: v.optional(v.string()),
  },
  returns: v.object({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    brandId: v.id("brands"),
    widgetId: v.string(),
    sessionToken: v.string(),
    expiresAt: v.number(),
  }),
  handler: async (ctx, args): Promise<Provisioned> => {
    const input = checkProvisionInput({
      workspace: { field: "workspaceName", text: args.workspaceName },
      name: { field: "ownerName", text: args.ownerName },
      email: { field: "ownerEmail", text: args.ownerEmail },
      password: { field: "ownerPassword", text: args.ownerPassword },
    });
    // Asked before the password is hashed too, so that strangers cannot keep a running deployment busy with it.
    const { needsSetup } = await ctx.runQuery(api.setup.status, {});
    if (!needsSetup) throw setupDone();
    await requireSetupToken(args.setupToken);
    return await provisionWorkspace(ctx, input, { onlyFirst: true });
  },
});

/** The transaction behind every new workspace. Secrets come as hashes. */
export const insert = internalMutation({
  args: {
    name: v.string(),
    ownerName: v.string(),
    ownerEmail: v.string(),
    passwordHash: v.string(),
    widgetId: v.string(),
    tokenHash: v.string(),
    onlyFirst: v.boolean(),
    apiKey: v.optional(v.object({ prefix: v.string(), keyHash: v.string() })),
  },
  returns: v.object({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    brandId: v.id("brands"),
    expiresAt: v.number(),
  }),
  handler: async (ctx, { name, widgetId, tokenHash, onlyFirst, apiKey, ...args }) => {
    if (onlyFirst && (await hasWorkspace(ctx.db))) throw setupDone();
    const now = Date.now();
    const { workspaceId, owner, brandId } = await createWorkspace(ctx, {
      name,
      owner: { name: args.ownerName, email: args.ownerEmail, passwordHash: args.passwordHash },
      widgetId,
      now,
    });
    if (apiKey !== undefined)
      await insertApiKey(ctx, owner, { ...apiKey, name: "Set-up", scope: "write" }, now);
    const { expiresAt } = await createSession(ctx, owner, { tokenHash, now });
    return { workspaceId, operatorId: owner._id, brandId, expiresAt };
  },
});

/** The operator's workspace. */
export const get = operatorQuery({
  args: {},
  returns: v.object({ name: v.string(), createdAt: v.number() }),
  handler: async (ctx) => {
    const workspace = await ctx.db.get("workspaces", ctx.operator.workspaceId);
    if (workspace === null) throw notFound("workspace");
    return { name: workspace.name, createdAt: workspace.createdAt };
  },
});

/** Gives the workspace another name; its addresses stay. By owners and admins of all brands. */
export const rename = operatorMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    await renameWorkspace(ctx, ctx.operator, valid("name", checkName(name, "workspace name")), Date.now());
    return null;
  },
});
