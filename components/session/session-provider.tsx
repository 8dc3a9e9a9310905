"use client";

import { ConvexProvider, ConvexReactClient, useQuery } from "convex/react";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { forgetStored } from "@/components/hooks/browser-store";
import { draftPrefix } from "@/components/inbox/drafts";
import { toastFailure } from "@/components/ui/toaster";
import { api } from "@/convex/_generated/api";
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
  /**
   * Gets a new child token, or leaves for the login page when the session is over, or begins the page anew when another
   * operator has signed in since. Null when the server is away.
   */
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

type SessionProviderProps = { handover: SessionHandover; children: ReactNode };

/** Connects the page to the deployment as one operator, and keeps its token fresh. */
export function SessionProvider({ handover, children }: SessionProviderProps) {
  // Unconfirmed messages survive a reload in the outbox, so the browser need not warn before leaving.
  const [client] = useState(
    () => new ConvexReactClient(handover.convexUrl, { unsavedChangesWarning: false }),
  );
  return (
    <ConvexProvider client={client}>
      <SignedIn handover={handover}>{children}</SignedIn>
    </ConvexProvider>
  );
}

function SignedIn({ handover, children }: SessionProviderProps) {
  const { convexUrl, webUrl, usesClerk } = handover;
  const [child, setChild] = useState({ token: handover.childToken, expiresInMs: handover.expiresInMs });
  const { operator, workspace } = useWho(handover, child.token);
  const running = useRef<Promise<string | null> | null>(null);

  // While signing out, refused queries are expected: they must not lead to "your session has ended".
  const leaving = useRef(false);

  const renew = useCallback(() => {
    if (leaving.current) return Promise.resolve(null);
    running.current ??= requestChildToken(operator._id, leaving)
      .then((next) => {
        if (next) setChild({ token: next.sessionToken, expiresInMs: next.expiresInMs });
        return next?.sessionToken ?? null;
      })
      .finally(() => {
        running.current = null;
      });
    return running.current;
  }, [operator._id]);

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
  return <SessionContext value={session}>{children}</SessionContext>;
}

type Who = Pick<SessionHandover, "operator" | "workspace">;

/** Who is signed in, with name, role and brands of the moment: all of it may change while the page is open. */
function useWho(handover: Who, sessionToken: string): Who {
  const fresh = useQuery(api.auth.me, { sessionToken });
  // Kept as text: an answer that says the same draws nothing anew.
  const [known, setKnown] = useState(() => whoText(handover));
  // There is none while a token is new, and it is null once the token has ended.
  const text = fresh ? whoText(fresh) : known;
  useEffect(() => setKnown(text), [text]);
  return useMemo(() => JSON.parse(text) as Who, [text]);
}

function whoText({ operator: { _id, name, email, role, brandAccess }, workspace }: Who): string {
  return JSON.stringify({
    operator: { _id, name, email, role, brandAccess },
    workspace: { name: workspace.name },
  });
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

/** What the route for tokens answers with. */
type ChildToken = { sessionToken: string; operatorId: string; expiresInMs: number };

/** Asks our own server for a token; it reads the cookie. A refusal means that the session is over. */
async function requestChildToken(
  operatorId: string,
  leaving: { readonly current: boolean },
): Promise<ChildToken | null> {
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
  const child = (await response.json()) as ChildToken;
  if (child.operatorId === operatorId) return child;
  // Another tab has signed in as somebody else: in their name this page must send nothing of what was written here.
  window.location.reload();
  return null;
}
