// Brings up one instance: the deployment (embedded, or the one that the environment names), the web server, the code.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { writeCliEnv, writeEnvLocal } from "./cli.mjs";
import { Deployment } from "./deployment.mjs";
import { Refusal, say } from "./run.mjs";
import { isReachable } from "./settings.mjs";

const EMBEDDED = "Convex backend";
const WEB = "web server";
const ANSWER_TIMEOUT_MS = 30_000;

/** By this the deployment knows the web server of its own instance, and believes who its clients are. */
const PROXY_SECRET = randomBytes(32).toString("hex");

/**
 * Starts the deployment and resolves with {deployment, id, convex, site, internal: {convex, site}, setupToken?,
 * addressSecret?}: the public origins, and those that this machine uses. `setupToken` is what the first account takes where
 * others can reach the instance. `addressSecret` is what a deployment that the environment names believes the addresses of
 * our clients by. `dev` lets clients see the texts of errors.
 */
export async function startDeployment(children, settings, options) {
  const instance = settings.external
    ? await connectExternal(settings)
    : await startEmbedded(children, settings, options);
  if (!isReachable(settings)) return instance;
  return { ...instance, setupToken: await instance.deployment.secret("PRAXTALK_SETUP_TOKEN", "base64url") };
}

async function startEmbedded(children, settings, { dev }) {
  const ready = await children.start(EMBEDDED, "dist/embedded/main.js", {
    NODE_ENV: dev ? "development" : "production",
    HOST: settings.host,
    CONVEX_PORT: String(settings.convexPort),
    CONVEX_SITE_PORT: String(settings.sitePort),
    PRAXTALK_DATA_DIR: settings.dataDir,
    PRAXTALK_REDACT_ERRORS: dev ? "0" : "1",
    PRAXTALK_PROXY_SECRET: PROXY_SECRET,
  });
  const adminKey = readFileSync(path.join(settings.dataDir, "admin.key"), "utf8").trim();
  const { name } = JSON.parse(readFileSync(path.join(settings.dataDir, "instance.json"), "utf8"));
  const address = { url: ready.convex, adminKey };
  writeCliEnv(settings.dataDir, address);
  if (settings.isDefault) writeEnvLocal(address);
  return {
    deployment: new Deployment({
      ...address,
      stampFile: path.join(settings.dataDir, "pushed.json"),
      cliEnv: { CONVEX_SELF_HOSTED_URL: ready.convex, CONVEX_SELF_HOSTED_ADMIN_KEY: adminKey },
    }),
    id: name,
    convex: settings.urls.convex ?? ready.convex,
    site: settings.urls.site ?? ready.site,
    internal: { convex: ready.convex, site: ready.site },
  };
}

async function connectExternal(settings) {
  const { url, adminKey, id, cliEnv } = settings.external;
  let urls;
  try {
    const headers = { Authorization: `Convex ${adminKey}` };
    const response = await fetch(`${url}/api/v1/get_canonical_urls`, { headers });
    if (!response.ok) throw new Error(`status ${response.status}`);
    urls = await response.json();
  } catch (error) {
    throw new Refusal(`The deployment at ${url} cannot be used: ${error.cause?.code ?? error.message}.`);
  }
  const stampFile = path.join(settings.dataDir, `pushed-${id}.json`);
  const deployment = new Deployment({ url, adminKey, cliEnv, stampFile });
  return {
    deployment,
    id,
    addressSecret: await deployment.secret("PRAXTALK_ADDRESS_SECRET"),
    convex: settings.urls.convex ?? urls.convexCloudUrl,
    site: settings.urls.site ?? urls.convexSiteUrl,
    internal: { convex: url, site: urls.convexSiteUrl },
  };
}

/** Starts the web server and resolves with {web, listening}: its public origin, and where it listens. */
export function startWeb(children, settings, instance, { dev }) {
  return children.start(WEB, "dist/server/main.js", {
    NODE_ENV: dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    HOST: settings.host,
    PORT: String(settings.port),
    PRAXTALK_WEB_URL: settings.urls.web ?? "",
    PRAXTALK_CONVEX_URL: instance.convex,
    PRAXTALK_SITE_URL: instance.site,
    PRAXTALK_CONVEX_INTERNAL_URL: instance.internal.convex,
    PRAXTALK_SITE_INTERNAL_URL: instance.internal.site,
    PRAXTALK_DEPLOYMENT_ID: instance.id,
    PRAXTALK_TRUSTED_PROXIES: settings.trustedProxies,
    PRAXTALK_PROXY_SECRET: settings.external ? "" : PROXY_SECRET,
    PRAXTALK_ADDRESS_SECRET: instance.addressSecret ?? "",
    // Set even where empty: Next would fill them from a file, which the deployment has not been told.
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: settings.clerk?.publishableKey ?? "",
    CLERK_SECRET_KEY: "",
  });
}

export async function restartEmbedded(children, settings, options) {
  await children.stopOne(EMBEDDED);
  return startDeployment(children, settings, options);
}

export const restartWeb = async (children, ...rest) => {
  await children.stopOne(WEB);
  return startWeb(children, ...rest);
};

/** What the deployment's functions may read: the public addresses of this instance, and what is set for them. */
export const environmentOf = ({ webhooks, models, mail, clerk }, instance, web) => ({
  PRAXTALK_WEB_URL: web.web,
  PRAXTALK_CONVEX_URL: instance.convex,
  PRAXTALK_SITE_URL: instance.site,
  PRAXTALK_WEBHOOK_RETRY_SCHEDULE: webhooks.retrySchedule,
  PRAXTALK_WEBHOOK_ALLOW_CIDRS: webhooks.allowCidrs,
  PRAXTALK_MODEL_ALLOW_CIDRS: models.allowCidrs,
  PRAXTALK_SMTP_URL: mail.smtpUrl,
  PRAXTALK_MAIL_FROM: mail.from,
  PRAXTALK_SETUP_TOKEN: instance.setupToken,
  CLERK_JWT_ISSUER_DOMAIN: clerk?.issuer ?? "none",
  CLERK_SECRET_KEY: clerk?.secretKey,
  CLERK_API_URL: clerk?.apiUrl,
});

/** A setting that opens the network behind this machine to whoever sets up an endpoint is said aloud. */
export function sayWhatIsOpen({ webhooks, models }) {
  if (webhooks.allowCidrs !== undefined)
    say(`PRAXTALK_WEBHOOK_ALLOW_CIDRS is set: webhooks may be sent to ${webhooks.allowCidrs}.`);
  if (models.allowCidrs !== undefined)
    say(`PRAXTALK_MODEL_ALLOW_CIDRS is set: Atlas may call models at ${models.allowCidrs}.`);
}

/** Asks each listener until it answers; the code is pushed by then, so the ping comes from convex/. */
export async function waitUntilAllAnswer(instance, web) {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  await Promise.all([
    answers(`${web.listening}/healthz`, deadline),
    answers(`${instance.internal.convex}/version`, deadline),
    answers(`${instance.internal.site}/api/v1/ping`, deadline),
  ]);
}

async function answers(url, deadline) {
  for (;;) {
    const problem = await fetch(url).then(
      (response) => (response.ok ? null : `status ${response.status}`),
      (error) => error.cause?.code ?? error.message,
    );
    if (problem === null) return;
    if (Date.now() > deadline) throw new Refusal(`${url} does not answer (${problem}).`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** While there is no account: the link by which whoever runs the instance, and nobody else, makes the first one. */
export async function saySetup(instance, web) {
  if (instance.setupToken === undefined || !(await instance.deployment.needsSetup())) return;
  say(`open ${web.web}/setup?token=${instance.setupToken} to make the first account`);
}

/** The line that scripts and people wait for; full URLs. */
export function printReady(settings, instance, web) {
  const ready = { web: web.web, convex: instance.convex, site: instance.site, dataDir: settings.dataDir };
  process.stdout.write(`ready ${JSON.stringify(ready)}\n`);
}
