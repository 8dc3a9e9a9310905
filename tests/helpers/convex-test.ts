/// <reference types="vite/client" />
/** The app on convex-test, with the components that it uses. */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import schema from "../../convex/schema";

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
