"use client";

import { Clock3 } from "lucide-react";
import { useMemo, useState } from "react";
import { comingTime } from "@/components/format/time";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { checkSnoozeEnd } from "@/lib/validation";
import { fromLocalField, snoozeTimes, toLocalField } from "./snooze-times";

type SnoozeMenuProps = { onSnooze: (until: number) => void };

/** When to see a conversation again: a few likely times, or one of one's own. */
export function SnoozeMenu({ onSnooze }: SnoozeMenuProps) {
  const [openedAt, setOpenedAt] = useState<number | null>(null);
  const [choosing, setChoosing] = useState(false);
  const toggle = (open: boolean) => setOpenedAt(open ? Date.now() : null);
  useKeys(
    useMemo(() => [{ key: "z", label: "Snooze", foot: "snooze", run: () => setOpenedAt(Date.now()) }], []),
  );
  return (
    <>
      <Menu open={openedAt !== null} onOpenChange={toggle}>
        <MenuTrigger asChild>
          <Button size="sm" aria-label="Snooze" aria-keyshortcuts="z">
            <Clock3 size={14} aria-hidden="true" />
            <span className="max-2xl:hidden">Snooze</span>
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          {snoozeTimes(openedAt ?? 0).map(({ word, at }) => (
            <MenuItem key={word} end={comingTime(at, { now: openedAt ?? 0 })} onSelect={() => onSnooze(at)}>
              {word}
            </MenuItem>
          ))}
          <MenuSeparator />
          <MenuItem onSelect={() => setChoosing(true)}>Choose a time</MenuItem>
        </MenuContent>
      </Menu>
      {choosing ? <ChooseTime onChoose={onSnooze} onClose={() => setChoosing(false)} /> : null}
    </>
  );
}

function ChooseTime({ onChoose, onClose }: { onChoose: (until: number) => void; onClose: () => void }) {
  const [text, setText] = useState(() => toLocalField(snoozeTimes(Date.now()).at(-1)?.at ?? Date.now()));
  const [error, setError] = useState<string | null>(null);
  return (
    <Dialog title="Snooze until when?" onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const checked = checkSnoozeEnd(fromLocalField(text), Date.now());
          if (!checked.ok) return setError(checked.reason);
          onClose();
          onChoose(checked.value);
        }}
      >
        <TextField
          label="Date and time"
          type="datetime-local"
          value={text}
          error={error}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button type="button" onClick={onClose}>
            Leave as it is
          </Button>
          <Button type="submit" variant="main">
            Snooze
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
