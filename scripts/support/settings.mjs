// Reads and checks the environment of `npm start`, `npm run dev` and `npm run convex`: see the table in README.md.
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import path from "node:path";
import { Refusal, root } from "./run.mjs";

const DEFAULT_DATA_DIR = ".praxtalk";

/** Copied from the environment into the deployment's, where functions can read them; removed there when unset here. */
export const DEPLOYMENT_VARIABLES = [
  "PRAXTALK_WEB_URL",
  "PRAXTALK_CONVEX_URL",
  "PRAXTALK_SITE_URL",
  "PRAXTALK_WEBHOOK_RETRY_SCHEDULE",
  "PRAXTALK_WEBHOOK_ALLOW_CIDRS",
  "PRAXTALK_MODEL_ALLOW_CIDRS",
  "PRAXTALK_SMTP_URL",
  "PRAXTALK_MAIL_FROM",
  "PRAXTALK_SETUP_TOKEN",
  "CLERK_JWT_ISSUER_DOMAIN",
  "CLERK_SECRET_KEY",
  "CLERK_API_URL",
];

/**
 * Returns {host, port, convexPort, sitePort, dataDir, isDefault, urls: {web, convex, site}, trustedProxies, webhooks:
 * {retrySchedule, allowCidrs}, models: {allowCidrs}, mail: {smtpUrl, from}, clerk, external}. `urls` are public origins,
 * undefined where not set, as those of `webhooks`, `models` and `mail`, which are texts for the functions. `clerk` is null
 * where people sign in with email and password, else {publishableKey, secretKey, issuer, apiUrl}. `external` is null when the
 * embedded backend is to be used, else {url, adminKey, id, cliEnv} of the deployment to use. Throws Refusal for a value that
 * cannot be used.
 */
export function readSettings(env) {
  const dataDir = path.resolve(root, env.PRAXTALK_DATA_DIR || DEFAULT_DATA_DIR);
  return {
    host: env.HOST || "127.0.0.1",
    port: readPort(env, "PORT", 3000),
    convexPort: readPort(env, "CONVEX_PORT", 3210),
    sitePort: readPort(env, "CONVEX_SITE_PORT", 3211),
    dataDir,
    isDefault: dataDir === path.join(root, DEFAULT_DATA_DIR),
    urls: {
      web: readOrigin(env, "PRAXTALK_WEB_URL"),
      convex: readOrigin(env, "PRAXTALK_CONVEX_URL"),
      site: readOrigin(env, "PRAXTALK_SITE_URL"),
    },
    trustedProxies: env.PRAXTALK_TRUSTED_PROXIES ?? "",
    webhooks: {
      retrySchedule: readRetrySchedule(env, "PRAXTALK_WEBHOOK_RETRY_SCHEDULE"),
      allowCidrs: readCidrs(env, "PRAXTALK_WEBHOOK_ALLOW_CIDRS"),
    },
    models: { allowCidrs: readCidrs(env, "PRAXTALK_MODEL_ALLOW_CIDRS") },
    mail: readMail(env),
    clerk: readClerk(env),
    external: readExternal(env),
  };
}

/** Whether others than this machine can reach the instance: where it listens, or by a public address that leads to it. */
export function isReachable({ host, urls, external }) {
  const addresses = [urls.web, urls.convex, urls.site, external?.url];
  return [host, ...addresses.flatMap((url) => (url ? new URL(url).hostname : []))].some(
    (name) => !isLoopback(name),
  );
}

function isLoopback(name) {
  const address = name.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

function readPort(env, name, fallback) {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new Refusal(`${name} must be a port number from 0 to 65535, not "${text}".`);
  }
  return port;
}

function readOrigin(env, name) {
  const text = env[name];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.hash) {
    throw new Refusal(`${name} must be an address like https://chat.example.com, not "${text}".`);
  }
  return url.origin;
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DELAYS = 5;
/** Of all delays together. */
const SCHEDULE_MAX_MS = 12 * 24 * UNITS_MS.h;

/** As convex/logic/retrySchedule.ts reads it; a test holds the two together. */
function readRetrySchedule(env, name) {
  const text = env[name];
  if (!text) return undefined;
  const delays = text.split(",").map((part) => /^([1-9]\d{0,8})(ms|s|m|h)$/.exec(part.trim()));
  const total = delays.reduce((sum, delay) => sum + Number(delay?.[1]) * UNITS_MS[delay?.[2]], 0);
  // A delay that cannot be read makes the sum NaN.
  if (delays.length !== DELAYS || !(total <= SCHEDULE_MAX_MS)) {
    throw new Refusal(
      `${name} must be ${DELAYS} delays of at most 12 days together, like 30s,2m,10m,1h,6h (ms, s, m or h), not "${text}".`,
    );
  }
  return text;
}

/** As convex/logic/addressSafety.ts reads it; a test holds the two together. */
function readCidrs(env, name) {
  const text = env[name];
  if (!text) return undefined;
  const wrong = text.split(",").find((part) => part.trim() !== "" && !isCidr(part.trim()));
  if (wrong !== undefined) {
    throw new Refusal(`${name} must be ranges of addresses like 127.0.0.1/32 or fd00::/8, not "${wrong}".`);
  }
  return text;
}

function isCidr(text) {
  const [address, prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? "")) return false;
  if (family === 4) return Number(prefix) <= 32;
  // A zone names an interface of this machine; an IPv4 address in this form is compared as IPv4.
  if (address.includes("%") || new URL(`http://[${address}]`).hostname.startsWith("[::ffff:")) return false;
  return Number(prefix) <= 128;
}

/** Both or neither: mail needs a server to go through and an address to come from. */
function readMail(env) {
  const smtpUrl = env.PRAXTALK_SMTP_URL || undefined;
  const from = env.PRAXTALK_MAIL_FROM || undefined;
  if ((smtpUrl === undefined) !== (from === undefined)) {
    throw new Refusal("PRAXTALK_SMTP_URL and PRAXTALK_MAIL_FROM are needed together.");
  }
  const url = smtpUrl !== undefined && URL.canParse(smtpUrl) ? new URL(smtpUrl) : null;
  if (smtpUrl !== undefined && (!url?.hostname || !/^smtps?:$/.test(url.protocol))) {
    // The text is not shown: it may hold a password.
    throw new Refusal("PRAXTALK_SMTP_URL must be like smtp://user:password@mail.example.com:587.");
  }
  if (from !== undefined && !/^(?:[^\s<>@]+@[^\s<>@]+|[^<>\r\n]+<[^\s<>@]+@[^\s<>@]+>)$/.test(from)) {
    throw new Refusal(`PRAXTALK_MAIL_FROM must be like Acme <support@example.com>, not "${from}".`);
  }
  return { smtpUrl, from };
}

/** Both keys or neither. Clerk's address is in the publishable key; its own variable names one that differs. */
function readClerk(env) {
  const name = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY";
  const publishableKey = env[name];
  const secretKey = env.CLERK_SECRET_KEY;
  const issuer = readOrigin(env, "CLERK_JWT_ISSUER_DOMAIN");
  if (!publishableKey && !secretKey && issuer === undefined) return null;
  if (!publishableKey || !secretKey) throw new Refusal(`${name} and CLERK_SECRET_KEY are needed together.`);
  const [, mode, encoded] = /^pk_(test|live)_([A-Za-z0-9+/=]+)$/.exec(publishableKey) ?? [];
  const host = /^([a-z0-9.-]+(?::\d+)?)\$$/i.exec(Buffer.from(encoded ?? "", "base64").toString())?.[1];
  if (host === undefined)
    throw new Refusal(`${name} must be like pk_live_…, as Clerk shows it, not "${publishableKey}".`);
  // The key itself is not shown: it is a secret.
  if (!secretKey.startsWith(`sk_${mode}_`))
    throw new Refusal(`CLERK_SECRET_KEY must be the sk_${mode}_… of the same instance as ${name}.`);
  const apiUrl = readOrigin(env, "CLERK_API_URL");
  return { publishableKey, secretKey, issuer: issuer ?? `https://${host}`, apiUrl };
}

/** Judged from the real environment alone, never from .env.local: that file is written by start itself. */
function readExternal(env) {
  if (env.CONVEX_SELF_HOSTED_URL) {
    const adminKey = required(env, "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEX_SELF_HOSTED_URL");
    const url = readOrigin(env, "CONVEX_SELF_HOSTED_URL");
    const id = createHash("sha256").update(url).digest("hex").slice(0, 12);
    return {
      url,
      adminKey,
      id,
      cliEnv: { CONVEX_SELF_HOSTED_URL: url, CONVEX_SELF_HOSTED_ADMIN_KEY: adminKey },
    };
  }
  if (env.CONVEX_DEPLOYMENT) {
    const adminKey = required(env, "CONVEX_DEPLOY_KEY", "CONVEX_DEPLOYMENT");
    const id = env.CONVEX_DEPLOYMENT.replace(/^[a-z]+:/, "");
    return { url: `https://${id}.convex.cloud`, adminKey, id, cliEnv: { CONVEX_DEPLOY_KEY: adminKey } };
  }
  return null;
}

function required(env, name, because) {
  if (!env[name]) throw new Refusal(`${because} is set, so ${name} is needed too.`);
  return env[name];
}
