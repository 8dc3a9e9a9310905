"use client";

import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

type PopoverProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What it is about, for who does not see where it stands. */
  label: string;
  /** The button that it belongs to. */
  trigger: ReactElement;
  children: ReactNode;
};

/** A small pane beside its button, for a form that a menu cannot hold. Esc and a click beside it close it. */
export function Popover({ open, onOpenChange, label, trigger, children }: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Content
        aria-label={label}
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-[var(--z-menu)] w-72 rounded-lg bg-raised p-3 text-13 text-ink shadow-md outline-none"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
