/** The action half of making a workspace: checks, the password's hash, and every secret, which mutations cannot make. */
import { checkEmail, checkName, checkPassword } from "../../lib/validation";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { valid } from "../errors";
import { SESSION_TOKEN_BYTES, WIDGET_ID_BYTES, formatWidgetId, sha256Hex, toHex } from "../logic/tokens";

/** What someone typed, with the argument names that refusals carry. */
export type ProvisionInput = {
  [field in "workspace" | "name" | "email" | "password"]: { field: string; text: string };
};

export type ProvisionOptions = {
  /** Refuse with SETUP_DONE when the deployment has a workspace. */
  onlyFirst: boolean;
  /** A write key to store with the workspace, by its hash. */
  apiKey?: { prefix: string; keyHash: string };
};

export type Provisioned = {
  workspaceId: Id<"workspaces">;
  operatorId: Id<"operators">;
  brandId: Id<"brands">;
  widgetId: string;
  sessionToken: string;
  expiresAt: number;
};

/** The checked input; the first wrong field is a VALIDATION refusal. */
export function checkProvisionInput({ workspace, name, email, password }: ProvisionInput) {
  return {
    name: valid(workspace.field, checkName(workspace.text, "workspace name")),
    ownerName: valid(name.field, checkName(name.text)),
    ownerEmail: valid(email.field, checkEmail(email.text)),
    password: valid(password.field, checkPassword(password.text)),
  };
}

/** Makes a workspace with its owner logged in. */
export async function provisionWorkspace(
  ctx: ActionCtx,
  { password, ...workspace }: ReturnType<typeof checkProvisionInput>,
  options: ProvisionOptions,
): Promise<Provisioned> {
  const passwordHash = await ctx.runAction(internal.passwords.hash, { password });
  const sessionToken = randomHex(SESSION_TOKEN_BYTES);
  const widgetId = formatWidgetId(crypto.getRandomValues(new Uint8Array(WIDGET_ID_BYTES)));
  const made = await ctx.runMutation(internal.workspaces.insert, {
    ...workspace,
    ...options,
    passwordHash,
    widgetId,
    tokenHash: await sha256Hex(sessionToken),
  });
  return { ...made, widgetId, sessionToken };
}

/** A secret in hex. For actions only: queries and mutations have no unguessable randomness. */
export function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}
