import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { needsSetup } from "@/app/_server/session";
import { AuthPage } from "@/components/auth/auth-page";
import { SetupForm } from "./setup-form";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage() {
  if (!(await needsSetup())) redirect("/login");
  return (
    <AuthPage
      wide
      title="Set up your workspace"
      lead="You are the first person here, so you become the owner. This page closes for good when you finish."
      end="Runs on your server. Nothing is sent to us."
    >
      <SetupForm />
    </AuthPage>
  );
}
