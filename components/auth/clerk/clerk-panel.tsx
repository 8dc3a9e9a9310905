"use client";

import { ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, SignIn, useAuth } from "@clerk/nextjs";
import { ConvexReactClient, useConvexAuth } from "convex/react";
import { ConvexProviderWithClerk } from "convex/react-clerk";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { submit } from "@/components/auth/submit";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import { frontendApiOf } from "@/lib/clerk-key";
import { ClerkWait, type ClerkSignInProps } from "./clerk-sign-in";

/** Clerk's own form until somebody is signed in there, then the exchange for a session of ours. */
export function ClerkPanel({ clerk, ...props }: ClerkSignInProps) {
  const { publishableKey, nonce, convexUrl } = clerk;
  const [client] = useState(() => new ConvexReactClient(convexUrl));
  return (
    <ClerkProvider publishableKey={publishableKey} nonce={nonce} telemetry={{ disabled: true }}>
      <ClerkLoading>
        <ClerkWait>Opening Clerk</ClerkWait>
      </ClerkLoading>
      <ClerkFailed>
        <NoteBox kind="danger">
          Clerk, by which people sign in here, does not answer at {frontendApiOf(publishableKey)}. Check your
          connection and load this page again.
        </NoteBox>
      </ClerkFailed>
      <ClerkLoaded>
        <ConvexProviderWithClerk client={client} useAuth={useAuth}>
          <SignInOrGoOn {...props} />
        </ConvexProviderWithClerk>
      </ClerkLoaded>
    </ClerkProvider>
  );
}

type StepProps = Omit<ClerkSignInProps, "clerk">;

function SignInOrGoOn({ signsOut = false, ...props }: StepProps) {
  const { isSignedIn, signOut } = useAuth();
  const { isLoading, isAuthenticated } = useConvexAuth();
  const [isLeaving, setIsLeaving] = useState(signsOut);

  useEffect(() => {
    if (!isLeaving) return;
    if (isSignedIn) void signOut({ redirectUrl: "/login" });
    else setIsLeaving(false);
  }, [isLeaving, isSignedIn, signOut]);

  if (isLeaving) return <ClerkWait>Signing out</ClerkWait>;
  if (!isSignedIn) return <ClerkForm {...props} />;
  if (isLoading) return <ClerkWait>Signing in</ClerkWait>;
  if (!isAuthenticated) {
    return (
      <Refused>
        This server does not believe Clerk. Whoever runs it finds in docs/clerk.md what to set: most often the
        JWT template &ldquo;convex&rdquo; is missing.
      </Refused>
    );
  }
  return <Exchange {...props} />;
}

/** Comes back to this very page: what Clerk knows then is exchanged here. */
function ClerkForm({ invite }: StepProps) {
  const here = window.location.pathname + window.location.search;
  return (
    <SignIn
      routing="hash"
      withSignUp
      forceRedirectUrl={here}
      signUpForceRedirectUrl={here}
      initialValues={invite ? { emailAddress: invite.email } : undefined}
    />
  );
}

function Exchange({ next, invite }: StepProps) {
  const { getToken, sessionClaims } = useAuth();
  const [refusal, setRefusal] = useState<string | null>(null);
  const isUnderWay = useRef(false);
  // The integration puts the audience into Clerk's own token; a template makes another one.
  const template = sessionClaims?.aud === "convex" ? undefined : "convex";

  useEffect(() => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    // A token of this moment: one that was used for a session is good for no other.
    void getToken({ template, skipCache: true })
      .catch(() => null)
      .then((token) => submit("/api/session/clerk", { token: token ?? "", invite: invite?.token ?? "" }))
      .then((result) => {
        // A whole new page: nothing of a former operator stays in memory.
        if (result.ok) window.location.assign(next);
        else setRefusal(result.message);
      });
  }, [getToken, template, invite, next]);

  return refusal === null ? <ClerkWait>Signing in</ClerkWait> : <Refused>{refusal}</Refused>;
}

function Refused({ children }: { children: ReactNode }) {
  const { signOut } = useAuth();
  const here = window.location.pathname + window.location.search;
  return (
    <>
      <NoteBox kind="danger">{children}</NoteBox>
      <Button className="w-full" onClick={() => void signOut({ redirectUrl: here })}>
        Sign out of Clerk
      </Button>
    </>
  );
}
