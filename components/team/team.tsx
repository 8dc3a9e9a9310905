"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { SectionFailed, SectionLoading, SectionStack } from "@/components/ui/section-states";
import { useBrands } from "@/components/hooks/use-inbox";
import { useMembers, type Member } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import { managesTeam } from "./access";
import { InviteDialog } from "./invite-dialog";
import { Invites } from "./invites";
import { MemberDialog } from "./member-dialog";
import { MemberTable, type MemberAction } from "./member-table";
import { RemoveDialog } from "./remove-dialog";
import { ResetPasswordDialog, ResetTwoStepDialog } from "./reset-dialogs";

type Open = { what: "invite" } | { what: MemberAction; member: Member };

/** Who works here, what each may do, and who is invited. */
export function Team() {
  const { operator } = useSession();
  const members = useMembers();
  const brands = useBrands().data ?? [];
  const [open, setOpen] = useState<Open | null>(null);
  const mayManage = managesTeam(operator);
  const close = () => setOpen(null);

  return (
    <AppShell section="team">
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Team</h1>
          {mayManage ? (
            <Button variant="main" size="sm" className="ml-auto" onClick={() => setOpen({ what: "invite" })}>
              <UserPlus size={14} aria-hidden="true" />
              Invite
            </Button>
          ) : null}
        </header>
        <SectionStack>
          <section aria-labelledby="people">
            <SectionHead
              id="people"
              title="People"
              hint={mayManage ? undefined : "Owners and admins invite, change and remove people."}
            />
            {members.status === "failed" ? (
              <SectionFailed title="The team did not load">
                The server could not list it. Everybody can go on working.
              </SectionFailed>
            ) : members.status === "loading" ? (
              <SectionLoading label="Loading the team" />
            ) : (
              <MemberTable
                members={members.data}
                brands={brands}
                onAction={(what, member) => setOpen({ what, member })}
              />
            )}
          </section>
          {mayManage ? <Invites brands={brands} /> : null}
        </SectionStack>
      </div>
      {open?.what === "invite" ? <InviteDialog brands={brands} onClose={close} /> : null}
      {open?.what === "change" ? <MemberDialog member={open.member} brands={brands} onClose={close} /> : null}
      {open?.what === "reset password" ? <ResetPasswordDialog member={open.member} onClose={close} /> : null}
      {open?.what === "reset two-step" ? <ResetTwoStepDialog member={open.member} onClose={close} /> : null}
      {open?.what === "remove" ? (
        <RemoveDialog
          member={open.member}
          others={(members.data ?? []).filter(({ _id }) => _id !== open.member._id)}
          onClose={close}
        />
      ) : null}
    </AppShell>
  );
}
