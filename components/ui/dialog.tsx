"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { Button } from "./button";

/**
 * Gives the focus back, when a dialog closes, to what had it before, unless it has gone on already. Radix only knows
 * openers that stand beside their dialog; ours are keys, rows and items of menus.
 */
function useReturnedFocus(open: boolean): (event: Event) => void {
  const [known, setKnown] = useState({ open: false, opener: "" as Opener });
  // While rendering: once the dialog is on the page, an item of a menu that opened it is gone.
  if (known.open !== open) setKnown({ open, opener: open ? openerNow() : known.opener });
  return (event) => {
    event.preventDefault();
    if (document.activeElement !== document.body) return;
    const { opener } = known;
    (typeof opener === "string" ? document.getElementById(opener) : opener)?.focus();
  };
}

/** An element, or the id of one. */
type Opener = HTMLElement | string;

/** What has the focus; for an item of a menu the button that the menu belongs to. A server knows of none. */
function openerNow(): Opener {
  if (typeof document === "undefined") return "";
  const focused = document.activeElement;
  const menu = focused?.closest("[role=menu]");
  return menu?.getAttribute("aria-labelledby") ?? (focused instanceof HTMLElement ? focused : "");
}

type DialogProps = {
  /** For one that stays on the page while it is closed. */
  open?: boolean;
  onClose: () => void;
  title: string;
  /** What it shows is shown only once: nothing but its own buttons closes it. */
  mustAnswer?: boolean;
  children: ReactNode;
};

/** A dialog in the middle of the page. Esc, the cross and a click beside it close it; focus returns to its opener. */
export function Dialog({ open = true, onClose, title, mustAnswer = false, children }: DialogProps) {
  const hold = mustAnswer ? (event: Event) => event.preventDefault() : undefined;
  const returnFocus = useReturnedFocus(open);
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-[var(--z-dialog)] bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          onEscapeKeyDown={hold}
          onInteractOutside={hold}
          className="fixed top-1/2 left-1/2 z-[var(--z-dialog)] max-h-[85dvh] w-[min(440px,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-lg bg-raised text-ink shadow-lg outline-none"
        >
          <div className="flex items-center justify-between gap-2 px-5 pt-4">
            <Radix.Title className="text-17 font-strong">{title}</Radix.Title>
            {mustAnswer ? null : (
              <Radix.Close asChild>
                <Button variant="quiet" size="icon-sm" aria-label="Close">
                  <X size={16} aria-hidden="true" />
                </Button>
              </Radix.Close>
            )}
          </div>
          <div className="px-5 pt-2 pb-[18px]">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type TopDialogProps = {
  open: boolean;
  onClose: () => void;
  /** For screen readers: the sheet begins with its content. */
  title: string;
  /** Runs once it has closed and the focus is back where it was. */
  onClosed: () => void;
  children: ReactNode;
};

/** A dialog near the top of the page that begins with a field of its own. Esc and a click beside it close it. */
export function TopDialog({ open, onClose, title, onClosed, children }: TopDialogProps) {
  const returnFocus = useReturnedFocus(open);
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-[var(--z-dialog)] bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            returnFocus(event);
            setTimeout(onClosed);
          }}
          className="fixed top-[min(12dvh,96px)] left-1/2 z-[var(--z-dialog)] flex max-h-[min(70dvh,560px)] w-[min(560px,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-raised text-ink shadow-lg outline-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type DrawerProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** Printed beside the title. */
  back: ReactNode;
};

/** A pane from the right edge; the whole screen on a phone. */
export function Drawer({ open, onOpenChange, title, back, children }: DrawerProps) {
  const returnFocus = useReturnedFocus(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-[var(--z-drawer)] bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="fixed inset-y-0 right-0 z-[var(--z-drawer)] flex w-full flex-col overflow-auto bg-surface text-ink shadow-lg outline-none md:w-80"
        >
          <div className="sticky top-0 flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line bg-surface px-3">
            <Radix.Close asChild>{back}</Radix.Close>
            <Radix.Title className="text-14 font-strong">{title}</Radix.Title>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
