"use client";

import dynamic from "next/dynamic";

export type ClerkSettings = {
  publishableKey: string;
  /** The page's policy lets Clerk's scripts run by it. */
  nonce: string | undefined;
  /** The deployment, as the browser reaches it: it says whether it believes Clerk. */
  convexUrl: string;
};

export type ClerkSignInProps = {
  clerk: ClerkSettings;
  /** Where to go then: a page of ours. */
  next: string;
  /** By which somebody new joins, and for which email it is. */
  invite?: { token: string; email: string };
  /** They come from signing out here, so Clerk has to forget them too. */
  signsOut?: boolean;
};

export function ClerkWait({ children }: { children: string }) {
  return (
    <p role="status" className="text-13 text-ink-2">
      {children}
    </p>
  );
}

/** Signing in through Clerk. Its code is a chunk of its own, which only pages of a deployment that uses Clerk ever load. */
export const ClerkSignIn = dynamic<ClerkSignInProps>(
  () => import("./clerk-panel").then(({ ClerkPanel }) => ClerkPanel),
  { ssr: false, loading: () => <ClerkWait>Opening Clerk</ClerkWait> },
);
