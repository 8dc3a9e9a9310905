"use client";

import { ChevronDown, UserRound } from "lucide-react";
import { useMemo, useState } from "react";
import type { Assignee } from "@/components/hooks/rows";
import { useKeys } from "@/components/keys/keys-provider";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { Initials } from "@/components/ui/initials";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { assigneeName } from "./view-names";

type AssignMenuProps = {
  /** Who has it; null: nobody; undefined: several conversations, of whomever. */
  operatorId: string | null | undefined;
  /** Who may see the conversations. */
  assignees: readonly Assignee[];
  onAssign: (operatorId: string | null) => void;
};

/** No operator's id has this form. */
const NOBODY = "nobody";

/** Who has a conversation, and everybody who may have it. */
export function AssignMenu({ operatorId, assignees, onAssign }: AssignMenuProps) {
  const { operator } = useSession();
  const [open, setOpen] = useState(false);
  useKeys(useMemo(() => [{ key: "a", label: "Assign", foot: "assign", run: () => setOpen(true) }], []));
  const name = operatorId ? assigneeName(assignees, operatorId) : null;
  const others = assignees.filter(({ _id }) => _id !== operator._id);
  return (
    <Menu open={open} onOpenChange={setOpen}>
      <MenuTrigger asChild>
        <Button
          variant="quiet"
          size="sm"
          aria-label={operatorId === undefined ? "Assign" : `Assigned to ${name ?? "nobody"}`}
          aria-keyshortcuts="a"
        >
          {name === null ? (
            <UserRound size={14} aria-hidden="true" />
          ) : (
            <Initials name={name} self={operatorId === operator._id} />
          )}
          <span className="max-w-28 truncate max-2xl:hidden">
            {name ?? (operatorId === undefined ? "Assign" : "Unassigned")}
          </span>
          <ChevronDown size={14} aria-hidden="true" className="max-md:hidden" />
        </Button>
      </MenuTrigger>
      <MenuContent align="end" className="max-h-[min(60dvh,420px)] overflow-auto">
        <MenuRadioGroup
          value={operatorId === undefined ? "" : (operatorId ?? NOBODY)}
          onValueChange={(value) => onAssign(value === NOBODY ? null : value)}
        >
          <MenuRadioItem value={operator._id} icon={<Initials name={operator.name} self />}>
            Me
          </MenuRadioItem>
          <MenuRadioItem
            value={NOBODY}
            icon={<UserRound size={16} aria-hidden="true" className="mx-[3px]" />}
          >
            Nobody
          </MenuRadioItem>
          {others.map((each) => (
            <MenuRadioItem key={each._id} value={each._id} icon={<Initials name={each.name} />}>
              <span className="max-w-60 truncate">{each.name}</span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}
