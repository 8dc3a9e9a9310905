import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { backend } from "@/app/_server/backend";
import { clerkKey } from "@/app/_server/clerk";
import { AuthPage } from "@/components/auth/auth-page";
import { api } from "@/convex/_generated/api";
import { ForgotForm } from "./forgot-form";

export const metadata: Metadata = { title: "Forgot your password" };

export default async function ForgotPasswordPage() {
  if (clerkKey() !== null) redirect("/login");
  const { isMailConfigured } = await backend().query(api.passwordReset.settings, {});
  return (
    <AuthPage
      title="Forgot your password"
      lead={
        isMailConfigured
          ? "A link for a new one comes by mail."
          : "This server sends no mail. An owner or admin of your team can make a link for you, on the page Team."
      }
    >
      {isMailConfigured ? <ForgotForm /> : null}
      <a className="link min-h-6 justify-self-start text-13 leading-6" href="/login">
        Back to sign in
      </a>
    </AuthPage>
  );
}
