import { headers } from "next/headers";
import type { ClerkSettings } from "@/components/auth/clerk/clerk-sign-in";
import { readAddresses } from "./config";

/**
 * Clerk's public key; null where people sign in with email and password. Read on each request, and by way of a parameter: Next
 * writes a variable of this name into the build where it sees it after `process.env`.
 */
export function clerkKey(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY || null;
}

/** What a page needs to sign somebody in through Clerk; null where people sign in with email and password. */
export async function clerkSettings(): Promise<ClerkSettings | null> {
  const publishableKey = clerkKey();
  if (publishableKey === null) return null;
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return { publishableKey, nonce, convexUrl: readAddresses().convexUrl };
}
