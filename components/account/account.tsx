"use client";

import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { SectionStack } from "@/components/ui/section-states";
import { SectionHead } from "@/components/ui/section-head";
import { Announcing } from "./announcing";
import { Logins } from "./logins";
import { NameForm } from "./name-form";
import { OwnFormats } from "./own-formats";
import { PasswordForm } from "./password-form";
import { TwoStep } from "./two-step";

/** What is the operator's own: their name, how they sign in, and where they are signed in. */
export function Account() {
  const { usesClerk } = useSession();
  return (
    <AppShell section={null}>
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Your account</h1>
        </header>
        <SectionStack>
          <NameForm />
          <OwnFormats />
          <Announcing />
          {usesClerk ? (
            <section aria-labelledby="clerk">
              <SectionHead
                id="clerk"
                title="Signing in"
                hint="You sign in through Clerk, where your password and second step are."
              />
            </section>
          ) : (
            <>
              <PasswordForm />
              <TwoStep />
            </>
          )}
          <Logins />
        </SectionStack>
      </div>
    </AppShell>
  );
}
