"use client";

import { Clock3, Link2, Trash2 } from "lucide-react";
import type { Brand } from "@/components/hooks/rows";
import { useNow } from "@/components/hooks/use-now";
import type { Invite } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { Badge } from "@/components/ui/badge";
import { MenuItem } from "@/components/ui/menu";
import { RowMenu } from "@/components/ui/row-menu";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { reaches } from "./access";
import { ROLE_WORD, brandsText, inviteLeft } from "./team-text";

type InviteTableProps = {
  invites: readonly Invite[];
  brands: readonly Brand[];
  onRenew: (invite: Invite) => void;
  onRevoke: (invite: Invite) => void;
};

/** Who was invited and has not joined yet. */
export function InviteTable({ invites, brands, onRenew, onRevoke }: InviteTableProps) {
  const { operator } = useSession();
  const now = useNow();
  return (
    <Table aria-labelledby="invites">
      <thead>
        <tr>
          <ColumnHead>Email</ColumnHead>
          <ColumnHead className="max-md:hidden">Role</ColumnHead>
          <ColumnHead optional>Works for</ColumnHead>
          <ColumnHead optional>Invited by</ColumnHead>
          <ColumnHead>Good for</ColumnHead>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {invites.map((invite) => {
          const { text, over } = inviteLeft(invite.expiresAt, now);
          return (
            <tr key={invite._id} className="hover:[&>td]:bg-sunk">
              <Cell className="max-w-64 font-medium max-md:w-full max-md:max-w-0">
                <span className="block truncate" title={invite.name ?? invite.email}>
                  {invite.email}
                </span>
              </Cell>
              <Cell className="max-md:hidden">{ROLE_WORD[invite.role]}</Cell>
              <Cell optional className="text-ink-2">
                {brandsText(invite.brandAccess, brands)}
              </Cell>
              <Cell optional className="text-ink-2">
                {invite.invitedByName ?? "A former operator"}
              </Cell>
              <Cell className="whitespace-nowrap text-ink-2">
                {over ? (
                  <Badge kind="warn" Icon={Clock3}>
                    {text}
                  </Badge>
                ) : (
                  text
                )}
              </Cell>
              <Cell className="w-px text-right">
                {reaches(operator, invite.brandAccess) ? (
                  <InviteMenu
                    invite={invite}
                    onRenew={() => onRenew(invite)}
                    onRevoke={() => onRevoke(invite)}
                  />
                ) : null}
              </Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

type InviteMenuProps = { invite: Invite; onRenew: () => void; onRevoke: () => void };

function InviteMenu({ invite, onRenew, onRevoke }: InviteMenuProps) {
  return (
    <RowMenu of={invite.email}>
      <MenuItem icon={<Link2 size={16} aria-hidden="true" />} onSelect={() => setTimeout(onRenew)}>
        Make a new link
      </MenuItem>
      <MenuItem icon={<Trash2 size={16} aria-hidden="true" />} onSelect={onRevoke}>
        Revoke
      </MenuItem>
    </RowMenu>
  );
}
