/** Where models may be, by the deployment's environment. */
import type { Checked } from "../../lib/validation";
import { env } from "../_generated/server";
import { parseCidrs } from "../logic/addressSafety";
import type { Cidr } from "../logic/addressSafety";
import { checkWebhookUrl } from "../logic/webhookUrl";

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
