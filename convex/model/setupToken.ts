/**
 * Who may set a deployment up. One that others can reach belongs to whoever runs it, not to whoever comes first: `npm start`
 * makes a token, prints it, and sets it here.
 */
import { env } from "../_generated/server";
import { refusal } from "../errors";
import { isSameSecret } from "../logic/tokens";

export function needsSetupToken(): boolean {
  return Boolean(env.PRAXTALK_SETUP_TOKEN);
}

/** Refuses any other text than the deployment's token, where it has one. */
export async function requireSetupToken(given = ""): Promise<void> {
  const expected = env.PRAXTALK_SETUP_TOKEN;
  if (!expected || (await isSameSecret(given.trim(), expected))) return;
  throw refusal(
    "SETUP_TOKEN_REQUIRED",
    "Others can reach this server, so its first account takes the token that npm start prints. Open the link with it.",
    { field: "setupToken" },
  );
}
