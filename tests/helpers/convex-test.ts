/// <reference types="vite/client" />
/** The app on convex-test, with the components that it uses. */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import schema from "../../convex/schema";

const modules = import.meta.glob("../../convex/**/*.*s");

export function convexTestApp(): TestConvex<typeof schema> {
  const t = convexTest(schema, modules);
  rateLimiter.register(t);
  return t;
}
