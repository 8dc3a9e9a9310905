import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { backend } from "@/app/_server/backend";
import { needsSetup } from "@/app/_server/session";
import { AuthPage } from "@/components/auth/auth-page";
import { api } from "@/convex/_generated/api";
import { SetupForm } from "./setup-form";

// The address may hold the set-up token: no page that somebody goes on to may learn it.
export const metadata: Metadata = { title: "Set up", referrer: "no-referrer", robots: { index: false } };

export default async function SetupPage({ searchParams }: PageProps<"/setup">) {
  if (!(await needsSetup())) redirect("/login");
  const { token } = await searchParams;
  const setupToken = typeof token === "string" ? token : "";
  const asks = setupToken === "" && (await backend().query(api.setup.needsToken, {}));
  return (
    <AuthPage
      wide
      title="Set up your workspace"
      lead="You are the first person here, so you become the owner. This page closes for good when you finish."
      end="Runs on your server. Nothing is sent to us."
    >
      <SetupForm setupToken={asks ? null : setupToken} />
    </AuthPage>
  );
}
