/// <reference types="vite/client" />
/** The app on convex-test, with the components that it uses. */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import { sha256Hex } from "../../convex/logic/tokens";
import schema from "../../convex/schema";

/** A deployment sets it for every function; addresses of files are made with it. */
process.env["CONVEX_SITE_URL"] ??= "http://127.0.0.1:3211";

const loaders = import.meta.glob("../../convex/**/*.*s");

/** Each module is loaded once: asking for it again takes no more than a microtask. */
const modules = Object.fromEntries(
  Object.entries(loaders).map(([path, load]) => {
    let loaded: Promise<unknown> | undefined;
    return [path, () => (loaded ??= load())];
  }),
);

/** For tests that must know when all is at rest: from then on no function of these modules waits for it. */
export async function loadModules(...names: string[]): Promise<void> {
  for (const name of names) await modules[`../../convex/${name}.ts`]?.();
}

/** `transactionLimits`: a function may read and write no more than on a deployment. */
export function convexTestApp({ transactionLimits = false } = {}): TestConvex<typeof schema> {
  const t = convexTest({ schema, modules, transactionLimits });
  rateLimiter.register(t);
  return t;
}

const SESSION_MS = 365 * 24 * 60 * 60 * 1000;

/** A workspace with an owner who is logged in and one brand, without the cost of a password's hash. */
export async function seedWorkspace(t: TestConvex<typeof schema>, slug: string) {
  const sessionToken = `session of ${slug}`;
  const widgetId = `ws_${slug}`;
  const now = Date.now();
  const ids = await t.run(async ({ db }) => {
    const workspaceId = await db.insert("workspaces", { slug, name: slug, plan: "spark", createdAt: now });
    const brandId = await db.insert("brands", {
      ...{ workspaceId, slug: "main", name: slug, widgetId, primaryColor: "#123456", welcomeMessage: "" },
      ...{ position: "br" as const, allowedOrigins: [], createdAt: now },
    });
    const operatorId = await db.insert("operators", {
      ...{ workspaceId, email: `ada@${slug}.test`, name: "Ada", role: "owner" as const },
      ...{ brandAccess: "all" as const, passwordHash: "", createdAt: now },
    });
    const session = { scope: "session" as const, operatorId, workspaceId, expiresAt: now + SESSION_MS };
    await db.insert("sessions", { ...session, tokenHash: await sha256Hex(sessionToken), createdAt: now });
    return { workspaceId, brandId, operatorId };
  });
  return { ...ids, sessionToken, widgetId };
}
