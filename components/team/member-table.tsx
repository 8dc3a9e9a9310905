"use client";

import { KeyRound, Pencil, ShieldOff, UserMinus } from "lucide-react";
import { fullTime, timeOrDate } from "@/components/format/time";
import type { Brand } from "@/components/hooks/rows";
import { useNow } from "@/components/hooks/use-now";
import type { Member } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { Initials } from "@/components/ui/initials";
import { MenuItem } from "@/components/ui/menu";
import { RowMenu } from "@/components/ui/row-menu";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { changesMember, managesTeam } from "./access";
import { ROLE_WORD, brandsText } from "./team-text";

/** What can be done to a member. */
export type MemberAction = "change" | "reset password" | "reset two-step" | "remove";

type MemberTableProps = {
  members: readonly Member[];
  brands: readonly Brand[];
  onAction: (action: MemberAction, member: Member) => void;
};

/** Everybody of the workspace. Actions are there for whom the reader may change. */
export function MemberTable({ members, brands, onAction }: MemberTableProps) {
  const { operator } = useSession();
  const now = useNow();
  return (
    <Table aria-labelledby="people">
      <thead>
        <tr>
          <ColumnHead>Name</ColumnHead>
          <ColumnHead className="max-md:hidden">Email</ColumnHead>
          <ColumnHead>Role</ColumnHead>
          <ColumnHead className="max-md:hidden">Works for</ColumnHead>
          <ColumnHead optional>Joined</ColumnHead>
          {managesTeam(operator) ? <ActionsHead /> : null}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => {
          const isSelf = member._id === operator._id;
          return (
            <tr key={member._id} className="hover:[&>td]:bg-sunk">
              <Cell className="max-w-56 font-medium max-md:w-full max-md:max-w-0">
                <span className="flex items-center gap-2">
                  <Initials name={member.name} self={isSelf} />
                  <span className="truncate" title={member.name}>
                    {member.name}
                  </span>
                  {isSelf ? <span className="font-normal text-ink-3">you</span> : null}
                </span>
              </Cell>
              <Cell className="max-w-64 truncate text-ink-2 max-md:hidden" title={member.email}>
                {member.email}
              </Cell>
              <Cell>{ROLE_WORD[member.role]}</Cell>
              <Cell className="text-ink-2 max-md:hidden">{brandsText(member.brandAccess, brands)}</Cell>
              <Cell optional className="text-ink-2">
                <time title={fullTime(member.createdAt)}>{timeOrDate(member.createdAt, { now })}</time>
              </Cell>
              {managesTeam(operator) ? (
                <Cell className="w-px text-right">
                  {changesMember(operator, member) ? (
                    <MemberMenu member={member} onAction={(action) => onAction(action, member)} />
                  ) : null}
                </Cell>
              ) : null}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

type MemberMenuProps = { member: Member; onAction: (action: MemberAction) => void };

function MemberMenu({ member, onAction }: MemberMenuProps) {
  const { usesClerk } = useSession();
  // A dialog that opens gets the focus after the closing menu has given it back.
  const choose = (action: MemberAction) => () => setTimeout(() => onAction(action));
  return (
    <RowMenu of={member.name}>
      <MenuItem icon={<Pencil size={16} aria-hidden="true" />} onSelect={choose("change")}>
        Change role and brands
      </MenuItem>
      {usesClerk ? null : (
        <MenuItem icon={<KeyRound size={16} aria-hidden="true" />} onSelect={choose("reset password")}>
          Make a link for a new password
        </MenuItem>
      )}
      {member.hasTwoStep ? (
        <MenuItem icon={<ShieldOff size={16} aria-hidden="true" />} onSelect={choose("reset two-step")}>
          Turn off two-step sign-in
        </MenuItem>
      ) : null}
      <MenuItem icon={<UserMinus size={16} aria-hidden="true" />} onSelect={choose("remove")}>
        Remove from the team
      </MenuItem>
    </RowMenu>
  );
}
