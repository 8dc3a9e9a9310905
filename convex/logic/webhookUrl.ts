/** Which URLs a webhook may be registered for, and which addresses it may then be sent to. */
import type { Checked } from "../../lib/validation";
import { isAllowedAddress, isInCidrs } from "./addressSafety";
import type { Cidr } from "./addressSafety";
import { WEBHOOK_URL_MAX } from "../../lib/limits";

/** A URL in its normal form; `isPrivate` when only PRAXTALK_WEBHOOK_ALLOW_CIDRS lets it in. */
export type WebhookUrl = { url: string; isPrivate: boolean };

/** Control characters, white space and backslashes: a URL parser drops or rewrites them instead of refusing. */
const REWRITTEN_BY_PARSERS = /[\p{Cc}\p{Z}\\]/u;
const HOST_NAME_MAX = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Letters, or an internationalised name in its ASCII form. */
const TOP_LEVEL = /^([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
const IPV4_HOST = /^\d{1,3}(\.\d{1,3}){3}$/;
/** Names that no public resolver should know (RFC 6761, 6762, 7686, 8375, 9476, ICANN), and what networks use inside. */
const INSIDE_NAMES = new Set(
  "localhost local localdomain internal intranet lan home corp private arpa onion alt test invalid example".split(
    " ",
  ),
);

const refuse = (reason: string): Checked<never> => ({ ok: false, reason });

/** The literal address that the host is (brackets off), or null for a name. The parser wrote it in canonical form. */
function literalOf(hostname: string): string | null {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return IPV4_HOST.test(hostname) ? hostname : null;
}

/** Whether the URL is of the form that may go to public addresses: https, the usual ports, a name. */
const hasPublicForm = (url: URL): boolean =>
  url.protocol === "https:" && ["", "8443"].includes(url.port) && literalOf(url.hostname) === null;

function reasonAgainstName(name: string, ownHosts: readonly string[]): string | null {
  const labels = name.split(".");
  const top = labels[labels.length - 1] ?? "";
  if (name.length > HOST_NAME_MAX || !labels.every((label) => LABEL.test(label))) {
    return "The host of the URL is not a valid DNS name.";
  }
  if (INSIDE_NAMES.has(top) || labels.length < 2 || !TOP_LEVEL.test(top)) {
    return "The host of the URL must be a public DNS name like hooks.example.com.";
  }
  return ownHosts.includes(name)
    ? "This is PraxTalk's own address. Enter the address of your receiver."
    : null;
}

/**
 * The URL of a new or changed endpoint. `allowedCidrs` opens literal addresses in these ranges, with http and any
 * port; `ownHosts` are host names of this deployment.
 */
export function checkWebhookUrl(
  text: string,
  allowedCidrs: readonly Cidr[],
  ownHosts: readonly string[] = [],
): Checked<WebhookUrl> {
  const trimmed = text.trim();
  if (trimmed === "") return refuse("Enter a URL.");
  if (trimmed.length > WEBHOOK_URL_MAX) {
    return refuse(`The URL is too long: at most ${WEBHOOK_URL_MAX.toLocaleString("en-US")} characters.`);
  }
  if (REWRITTEN_BY_PARSERS.test(trimmed)) {
    return refuse(
      "The URL contains a space, a backslash or a control character. Remove it or percent-encode it.",
    );
  }
  if (!URL.canParse(trimmed)) return refuse("Enter a full URL like https://hooks.example.com/praxtalk.");
  const url = new URL(trimmed);
  if (url.username !== "" || url.password !== "") {
    return refuse("Remove the user name and password from the URL: the signature proves who is calling.");
  }
  url.hash = "";
  return checkParsed(url, allowedCidrs, ownHosts);
}

function checkParsed(
  url: URL,
  allowedCidrs: readonly Cidr[],
  ownHosts: readonly string[],
): Checked<WebhookUrl> {
  const literal = literalOf(url.hostname);
  if (literal !== null && isInCidrs(literal, allowedCidrs) && ["http:", "https:"].includes(url.protocol)) {
    return accept(url, true);
  }
  const opened = allowedCidrs.map(({ text }) => text).join(", ");
  const unless = opened === "" ? "" : ` Only literal addresses in ${opened} may do without.`;
  if (url.protocol !== "https:") return refuse(`The URL must begin with https://.${unless}`);
  if (literal !== null) return refuse(`The host of the URL must be a DNS name, not an IP address.${unless}`);
  // One dot at the end means the same name.
  url.hostname = url.hostname.replace(/\.$/, "");
  const reason = reasonAgainstName(url.hostname, ownHosts);
  if (reason !== null) return refuse(reason);
  return hasPublicForm(url) ? accept(url, false) : refuse("The port of the URL must be 443 or 8443.");
}

function accept(url: URL, isPrivate: boolean): Checked<WebhookUrl> {
  // Percent-encoding and punycode may have made it longer.
  return url.href.length > WEBHOOK_URL_MAX
    ? refuse(
        `The URL is too long: at most ${WEBHOOK_URL_MAX.toLocaleString("en-US")} characters when encoded.`,
      )
    : { ok: true, value: { url: url.href, isPrivate } };
}

/**
 * Whether a request for the URL may go to these addresses, all of them: what a name resolves to when it is sent, or
 * the literal itself. One address that is not allowed refuses the whole answer, and there must be one at least.
 */
export function mayReach(url: URL, addresses: readonly string[], allowedCidrs: readonly Cidr[]): boolean {
  const isAllowed = hasPublicForm(url) ? isAllowedAddress : isInCidrs;
  return addresses.length > 0 && addresses.every((address) => isAllowed(address, allowedCidrs));
}
