"use client";

import { ConvexProvider, ConvexReactClient } from "convex/react";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { forgetStored } from "@/components/hooks/browser-store";
import { draftPrefix } from "@/components/inbox/drafts";
import { toastFailure } from "@/components/ui/toaster";
import type { BrandAccess, OperatorRole } from "@/convex/validators";
import type { Formats } from "@/lib/formats";

/** What the server hands to a page of a signed-in operator. */
export type SessionHandover = {
  /** The deployment's address as the browser reaches it. */
  convexUrl: string;
  /** Our own public address, for snippets and links. */
  webUrl: string;
  /** A child of the session in the cookie: kept in memory only. */
  childToken: string;
  /** Milliseconds for which the child token is still good. A span and not a time: clocks differ. */
  expiresInMs: number;
  operator: { _id: string; name: string; email: string; role: OperatorRole; brandAccess: BrandAccess };
  workspace: { name: string };
  /** How the operator reads dates and numbers: the first drawing shows them so. */
  formats: Formats;
  /** Passwords and second steps are Clerk's. */
  usesClerk: boolean;
};

type Session = Omit<SessionHandover, "childToken" | "expiresInMs" | "formats"> & {
  sessionToken: string;
  /** Gets a new child token, or leaves for the login page when the session is over. Null when the server is away. */
  renew: () => Promise<string | null>;
  /** Ends the session on the server, then leaves for the login page. */
  signOut: () => Promise<void>;
};

const SessionContext = createContext<Session | null>(null);

/** Renewal starts this long before the token ends, and is tried again this often while the server is away. */
const RENEW_BEFORE_MS = 5 * 60_000;
const RETRY_MS = 15_000;

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession needs a SessionProvider above it.");
  return session;
}

/** Connects the page to the deployment as one operator, and keeps its token fresh. */
export function SessionProvider({ handover, children }: { handover: SessionHandover; children: ReactNode }) {
  const { convexUrl, webUrl, operator, workspace, usesClerk } = handover;
  // Unconfirmed messages survive a reload in the outbox, so the browser need not warn before leaving.
  const [client] = useState(() => new ConvexReactClient(convexUrl, { unsavedChangesWarning: false }));
  const [child, setChild] = useState({ token: handover.childToken, expiresInMs: handover.expiresInMs });
  const running = useRef<Promise<string | null> | null>(null);

  // While signing out, refused queries are expected: they must not lead to "your session has ended".
  const leaving = useRef(false);

  const renew = useCallback(() => {
    if (leaving.current) return Promise.resolve(null);
    running.current ??= requestChildToken(leaving)
      .then((next) => {
        if (next) setChild({ token: next.sessionToken, expiresInMs: next.expiresInMs });
        return next?.sessionToken ?? null;
      })
      .finally(() => {
        running.current = null;
      });
    return running.current;
  }, []);

  const signOut = useCallback(async () => {
    leaving.current = true;
    try {
      const response = await fetch("/api/session", { method: "DELETE" });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    } catch {
      leaving.current = false;
      toastFailure("You are still signed in: the server did not answer. Try again.");
      return;
    }
    // Whoever uses this computer next must not read what was being written: the server has it.
    forgetStored(draftPrefix(operator._id));
    window.location.assign(usesClerk ? "/login?out=1" : "/login");
  }, [operator._id, usesClerk]);

  useEffect(() => keepFresh(child.expiresInMs, renew), [child, renew]);

  const session = useMemo(
    () => ({ convexUrl, webUrl, operator, workspace, usesClerk, sessionToken: child.token, renew, signOut }),
    [convexUrl, webUrl, operator, workspace, usesClerk, child.token, renew, signOut],
  );
  return (
    <ConvexProvider client={client}>
      <SessionContext value={session}>{children}</SessionContext>
    </ConvexProvider>
  );
}

/** Renews shortly before the end, and at once when a computer wakes up past it. Returns the clean-up. */
function keepFresh(expiresInMs: number, renew: () => Promise<string | null>): () => void {
  const due = Date.now() + Math.max(0, expiresInMs - RENEW_BEFORE_MS);
  let timer: ReturnType<typeof setTimeout>;
  const check = () => {
    clearTimeout(timer);
    if (Date.now() < due) {
      timer = setTimeout(check, due - Date.now());
      return;
    }
    void renew().then((token) => {
      if (token === null) timer = setTimeout(check, RETRY_MS);
    });
  };
  const onVisible = () => {
    if (document.visibilityState === "visible") check();
  };
  check();
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };
}

/** Asks our own server for a token; it reads the cookie. A refusal means that the session is over. */
async function requestChildToken(leaving: {
  readonly current: boolean;
}): Promise<{ sessionToken: string; expiresInMs: number } | null> {
  let response: Response;
  try {
    response = await fetch("/api/session/child", { method: "POST" });
  } catch {
    return null;
  }
  if (leaving.current) return null;
  if (response.status === 401) {
    const next = window.location.pathname + window.location.search;
    window.location.assign(`/login?expired=1&next=${encodeURIComponent(next)}`);
    return null;
  }
  if (!response.ok) return null;
  return (await response.json()) as { sessionToken: string; expiresInMs: number };
}
