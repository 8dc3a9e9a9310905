/// <reference types="vite/client" />
/** The app on convex-test, with the components that it uses. */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import schema from "../../convex/schema";

const modules = import.meta.glob("../../convex/**/*.*s");

/** `transactionLimits`: a function may read and write no more than on a deployment. */
export function convexTestApp({ transactionLimits = false } = {}): TestConvex<typeof schema> {
  const t = convexTest({ schema, modules, transactionLimits });
  rateLimiter.register(t);
  return t;
}
