import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { backend } from "@/app/_server/backend";
import { clerkKey } from "@/app/_server/clerk";
import { AuthPage } from "@/components/auth/auth-page";
import { api } from "@/convex/_generated/api";
import { ResetForm } from "./reset-form";

// The address is a secret: no page that somebody goes on to may learn it.
export const metadata: Metadata = {
  title: "New password",
  referrer: "no-referrer",
  robots: { index: false },
};

export default async function ResetPasswordPage({ params }: PageProps<"/reset-password/[token]">) {
  if (clerkKey() !== null) redirect("/login");
  const { token } = await params;
  const reset = await backend().query(api.passwordReset.lookup, { token });
  if (reset === null) {
    return (
      <AuthPage
        title="This link is no longer good"
        lead="It was used, a newer one was made, or it is older than an hour."
      >
        <a className="link min-h-6 justify-self-start leading-6" href="/forgot-password">
          Ask for a new one
        </a>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="New password" lead={`For ${reset.email}. It signs you out everywhere.`}>
      <ResetForm token={token} email={reset.email} />
    </AuthPage>
  );
}
