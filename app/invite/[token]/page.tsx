import type { Metadata } from "next";
import { backend } from "@/app/_server/backend";
import { clerkSettings } from "@/app/_server/clerk";
import { currentSession } from "@/app/_server/session";
import { AuthPage } from "@/components/auth/auth-page";
import { ClerkSignIn } from "@/components/auth/clerk/clerk-sign-in";
import { NoteBox } from "@/components/ui/note-box";
import { api } from "@/convex/_generated/api";
import { JoinForm } from "./join-form";

// The address is a secret: no page that somebody goes on to may learn it.
export const metadata: Metadata = { title: "Join", referrer: "no-referrer", robots: { index: false } };

export default async function InvitePage({ params }: PageProps<"/invite/[token]">) {
  const { token } = await params;
  const invite = await backend().query(api.invites.lookup, { token });
  if (invite === null) {
    return (
      <AuthPage
        title="This invite is no longer good"
        lead="It was used, revoked or replaced, or is older than 14 days. Ask whoever invited you for a new link."
      >
        <a className="link min-h-6 justify-self-start leading-6" href="/login">
          Sign in
        </a>
      </AuthPage>
    );
  }
  const [clerk, session] = await Promise.all([clerkSettings(), currentSession()]);
  return (
    <AuthPage
      wide
      title={`Join ${invite.workspaceName}`}
      lead={`${invite.invitedByName ?? "The team"} invited you as ${invite.email}.`}
    >
      {session === null ? null : (
        <NoteBox kind="info">
          You are signed in as {session.operator.email}. Who joins here signs that account out of this
          browser.
        </NoteBox>
      )}
      {clerk ? (
        <ClerkSignIn clerk={clerk} next="/app" invite={{ token, email: invite.email }} />
      ) : (
        <JoinForm token={token} name={invite.name ?? ""} email={invite.email} />
      )}
    </AuthPage>
  );
}
