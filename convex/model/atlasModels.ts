/** Where models may be, by the deployment's environment. */
import type { Checked } from "../../lib/validation";
import { env } from "../_generated/server";
import { refusal } from "../errors";
import { parseCidrs } from "../logic/addressSafety";
import type { Cidr } from "../logic/addressSafety";
import type { SecretKey } from "../logic/sealing";
import { checkWebhookUrl } from "../logic/webhookUrl";
import { secretKeys } from "./secretKeys";

/** Ranges of private addresses that a model may have; a value that cannot be used opens none. */
export function allowedModelCidrs(): Cidr[] {
  const parsed = parseCidrs(env.PRAXTALK_MODEL_ALLOW_CIDRS ?? "");
  return parsed.ok ? parsed.value : [];
}

/** The base URL of a model's endpoint, held to the rules for webhooks: no address inside the network unless it is opened. */
export function checkModelUrl(text: string): Checked<string> {
  const checked = checkWebhookUrl(text, allowedModelCidrs());
  return checked.ok ? { ok: true, value: checked.value.url.replace(/\/+$/, "") } : checked;
}

/** Keys that a model's API key is sealed with. */
export function requireModelKeys(): [SecretKey, ...SecretKey[]] {
  const keys = secretKeys();
  if (keys !== null) return keys;
  throw refusal(
    "NOT_CONFIGURED",
    "Keys cannot be stored: set PRAXTALK_SECRET_KEY in the deployment's environment to base64 of 32 random bytes.",
  );
}
