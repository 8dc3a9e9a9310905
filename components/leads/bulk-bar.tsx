"use client";

import { KeyCaps } from "@/components/keys/key-caps";
import type { Assignee } from "@/components/hooks/rows";
import type { LeadRow } from "@/components/hooks/use-leads";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { LEAD_LOOK, LEAD_STATUSES, leadCount } from "./lead-status";
import type { LeadChange } from "./use-lead-changes";

export type BulkMenu = "status" | "owner" | null;

type BulkBarProps = {
  leads: readonly LeadRow[];
  owners: readonly Assignee[];
  menu: BulkMenu;
  onMenu: (menu: BulkMenu) => void;
  onChange: (change: LeadChange) => void;
  /** Absent for operators who may not remove. */
  onRemove?: () => void;
  onClear: () => void;
};

/** What can be done with the selected leads at once. */
export function BulkBar({ leads, owners, menu, onMenu, onChange, onRemove, onClear }: BulkBarProps) {
  const all = (each: Assignee) =>
    leads.every(({ brandId }) => each.brandAccess === "all" || each.brandAccess.includes(brandId));
  return (
    <div
      role="region"
      aria-label="Selection"
      className="relative flex min-w-0 flex-wrap items-center gap-1 text-13"
    >
      <b className="mr-2 font-strong">{leadCount(leads.length)} selected</b>
      <Menu open={menu === "status"} onOpenChange={(open) => onMenu(open ? "status" : null)}>
        <MenuTrigger asChild>
          <Button variant="quiet" size="sm">
            Status <KeyCaps of="s" />
          </Button>
        </MenuTrigger>
        <MenuContent align="start" side="top">
          {LEAD_STATUSES.map((status) => {
            const { word, Icon } = LEAD_LOOK[status];
            return (
              <MenuItem
                key={status}
                icon={<Icon size={16} aria-hidden="true" />}
                onSelect={() => onChange({ status })}
              >
                {word}
              </MenuItem>
            );
          })}
        </MenuContent>
      </Menu>
      <Menu open={menu === "owner"} onOpenChange={(open) => onMenu(open ? "owner" : null)}>
        <MenuTrigger asChild>
          <Button variant="quiet" size="sm">
            Owner <KeyCaps of="a" />
          </Button>
        </MenuTrigger>
        <MenuContent align="start" side="top" className="max-h-80 overflow-auto">
          <MenuItem onSelect={() => onChange({ operatorId: null })}>Nobody</MenuItem>
          {owners.filter(all).map(({ _id, name }) => (
            <MenuItem key={_id} onSelect={() => onChange({ operatorId: _id })}>
              {name}
            </MenuItem>
          ))}
        </MenuContent>
      </Menu>
      {onRemove ? (
        <Button variant="quiet" size="sm" onClick={onRemove}>
          Remove
        </Button>
      ) : null}
      <Button variant="quiet" size="sm" onClick={onClear}>
        Clear <KeyCaps of="Escape" />
      </Button>
    </div>
  );
}
