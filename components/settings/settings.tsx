"use client";

import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { SectionStack } from "@/components/ui/section-states";
import { erasesPeople, exportsWorkspace, managesWorkspace } from "./access";
import { AuditLog } from "./audit-log";
import { ErasePerson } from "./erase-person";
import { Exports } from "./exports";
import { OwnKeys } from "./own-keys";
import { OwnView } from "./own-view";
import { RetentionSection } from "./retention";
import { WorkspaceName } from "./workspace-name";

/** What one chooses for oneself, and for owners and admins what is the workspace's. */
export function Settings() {
  const { operator } = useSession();
  return (
    <AppShell section="settings">
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Settings</h1>
        </header>
        <SectionStack>
          <OwnView />
          <OwnKeys />
          {managesWorkspace(operator) ? <WorkspaceName /> : null}
          {managesWorkspace(operator) ? <RetentionSection /> : null}
          {exportsWorkspace(operator) ? <Exports /> : null}
          {erasesPeople(operator) ? <ErasePerson /> : null}
          {managesWorkspace(operator) ? <AuditLog /> : null}
        </SectionStack>
      </div>
    </AppShell>
  );
}
