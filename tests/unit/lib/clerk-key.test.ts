import { expect, it } from "vitest";
import { frontendApiOf } from "@/lib/clerk-key";
import { Refusal } from "../../../scripts/support/run.mjs";
import { readSettings } from "../../../scripts/support/settings.mjs";

const keyOf = (text: string, prefix = "pk_test_") => prefix + Buffer.from(text).toString("base64");

/** What start takes for Clerk's address is what pages and their policy take for it. */
function issuerAtStart(key: string): string | null {
  const secret = key.startsWith("pk_live_") ? "sk_live_x" : "sk_test_x";
  try {
    const settings = readSettings({ NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: key, CLERK_SECRET_KEY: secret });
    return settings.clerk?.issuer ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

it.each([
  [keyOf("calm-otter-1.clerk.accounts.dev$"), "calm-otter-1.clerk.accounts.dev"],
  [keyOf("clerk.acme.test$", "pk_live_"), "clerk.acme.test"],
  [keyOf("clerk.acme.test$").replace(/=+$/, ""), "clerk.acme.test"],
  [keyOf("127.0.0.1:4000$"), "127.0.0.1:4000"],
  [keyOf("clerk.acme.test"), null],
  [keyOf("clerk.acme.test/path$"), null],
  [keyOf("clerk.acme.test; script-src *$"), null],
  [keyOf("$"), null],
  [keyOf("clerk.acme.test$", "sk_test_"), null],
  [keyOf("clerk.acme.test$", "pk_"), null],
  ["pk_test_A", null],
  ["pk_test_", null],
  ["", null],
])("a publishable key like %j leads to %j", (key, host) => {
  expect(frontendApiOf(key)).toBe(host);
  if (key !== "") expect(issuerAtStart(key)).toBe(host === null ? null : `https://${host}`);
});
