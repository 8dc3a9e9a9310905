import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { requestHost } from "@/app/_server/config";
import { nextPath } from "@/app/_server/next-path";
import { currentSession, needsSetup } from "@/app/_server/session";
import { AuthPage } from "@/components/auth/auth-page";
import { LoginForm } from "./login-form";

export const metadata: Metadata = { title: "Sign in" };

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const { next, expired, reset } = await searchParams;
  const after = nextPath(next);
  if ((await currentSession()) !== null) redirect(after);
  if (await needsSetup()) redirect("/setup");
  return (
    <AuthPage title="Sign in" lead={requestHost(await headers())}>
      <LoginForm next={after} reason={expired === "1" ? "expired" : reset === "1" ? "reset" : null} />
    </AuthPage>
  );
}
