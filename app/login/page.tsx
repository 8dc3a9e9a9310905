import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { clerkSettings } from "@/app/_server/clerk";
import { requestHost } from "@/app/_server/config";
import { nextPath } from "@/app/_server/next-path";
import { currentSession, needsSetup } from "@/app/_server/session";
import { AuthPage } from "@/components/auth/auth-page";
import { ClerkSignIn } from "@/components/auth/clerk/clerk-sign-in";
import { LoginForm } from "./login-form";

export const metadata: Metadata = { title: "Sign in" };

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const { next, expired, reset, out } = await searchParams;
  const after = nextPath(next);
  if ((await currentSession()) !== null) redirect(after);
  if (await needsSetup()) redirect("/setup");
  const clerk = await clerkSettings();
  return (
    <AuthPage title="Sign in" lead={requestHost(await headers())}>
      {clerk ? (
        <ClerkSignIn clerk={clerk} next={after} signsOut={out === "1"} />
      ) : (
        <LoginForm next={after} reason={expired === "1" ? "expired" : reset === "1" ? "reset" : null} />
      )}
    </AuthPage>
  );
}
