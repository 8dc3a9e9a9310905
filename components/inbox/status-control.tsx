"use client";

import { Check, ChevronDown, CornerUpLeft } from "lucide-react";
import { useMemo } from "react";
import { useKeys } from "@/components/keys/keys-provider";
import type { ConversationStatus } from "@/components/hooks/rows";
import { Button } from "@/components/ui/button";
import { KeyCaps } from "@/components/keys/key-caps";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { STATUS_LOOK, StatusLabel } from "@/components/ui/status-label";
import { Tooltip } from "@/components/ui/tooltip";

/** What a person may choose. Snoozing needs a time, which this menu does not ask for. */
const CHOICES = ["open", "resolved", "closed"] as const satisfies ConversationStatus[];

type StatusControlProps = { status: ConversationStatus; onStatus: (status: ConversationStatus) => void };

/** The conversation's state with all choices, and beside it the likely next one as a button. */
export function StatusControl({ status, onStatus }: StatusControlProps) {
  const open = status === "open" || status === "snoozed";
  const next = open ? "resolved" : "open";
  useKeys(
    useMemo(
      () => [
        {
          key: "e",
          label: open ? "Resolve" : "Reopen",
          foot: open ? "resolve" : "reopen",
          run: () => onStatus(next),
        },
      ],
      [open, next, onStatus],
    ),
  );
  const Icon = open ? Check : CornerUpLeft;
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="quiet" size="sm" aria-label={`Status: ${STATUS_LOOK[status].word}`}>
            <StatusLabel status={status} />
            <ChevronDown size={14} aria-hidden="true" className="max-md:hidden" />
          </Button>
        </MenuTrigger>
        <MenuContent align="end" className="min-w-44">
          <MenuRadioGroup
            value={status}
            onValueChange={(value) => {
              const chosen = CHOICES.find((choice) => choice === value);
              if (chosen && chosen !== status) onStatus(chosen);
            }}
          >
            {CHOICES.map((choice) => (
              <MenuRadioItem key={choice} value={choice}>
                <StatusLabel status={choice} />
              </MenuRadioItem>
            ))}
          </MenuRadioGroup>
        </MenuContent>
      </Menu>
      <Tooltip
        content={
          <>
            {open ? "Resolve" : "Reopen"} <KeyCaps of="e" />
          </>
        }
      >
        <Button size="sm" onClick={() => onStatus(next)} aria-keyshortcuts="e">
          <Icon size={14} aria-hidden="true" />
          {open ? "Resolve" : "Reopen"}
        </Button>
      </Tooltip>
    </>
  );
}
