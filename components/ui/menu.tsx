"use client";

import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

/** Not modal: the page behind stays readable for everyone, and a click beside the menu closes it. */
export function Menu(props: ComponentProps<typeof DropdownMenu.Root>) {
  return <DropdownMenu.Root modal={false} {...props} />;
}
export const MenuTrigger = DropdownMenu.Trigger;
export const MenuRadioGroup = DropdownMenu.RadioGroup;

/** Stands in the page beside its trigger and not at the end of the document, so that it is part of a landmark. */
export function MenuContent({ className, ...props }: ComponentProps<typeof DropdownMenu.Content>) {
  return (
    <DropdownMenu.Content
      sideOffset={4}
      collisionPadding={8}
      {...props}
      className={cn(
        "z-[var(--z-menu)] min-w-52 rounded-lg bg-raised p-1 text-13 text-ink shadow-md outline-none",
        className,
      )}
    />
  );
}

const item =
  "flex min-h-[30px] w-full items-center gap-[9px] rounded-md px-2 outline-none select-none data-[highlighted]:bg-selected data-[disabled]:text-disabled pointer-coarse:min-h-11";

type MenuItemProps = ComponentProps<typeof DropdownMenu.Item> & {
  icon?: ReactNode;
  /** Printed on the right: a key cap or a word. */
  end?: ReactNode;
};

export function MenuItem({ icon, end, className, children, ...props }: MenuItemProps) {
  return (
    <DropdownMenu.Item {...props} className={cn(item, className)}>
      {icon ? <span className="text-ink-2">{icon}</span> : null}
      {children}
      {end ? <span className="ml-auto flex gap-[3px] pl-4 text-ink-3">{end}</span> : null}
    </DropdownMenu.Item>
  );
}

type MenuRadioItemProps = ComponentProps<typeof DropdownMenu.RadioItem> & { icon?: ReactNode };

/** One of a few: the chosen one carries our dash. */
export function MenuRadioItem({ icon, className, children, ...props }: MenuRadioItemProps) {
  return (
    <DropdownMenu.RadioItem {...props} className={cn(item, "group", className)}>
      {icon ? <span className="text-ink-2">{icon}</span> : null}
      {children}
      <span className="ml-auto pl-4">
        <span className="hidden h-[3px] w-[10px] bg-accent group-data-[state=checked]:block" />
      </span>
    </DropdownMenu.RadioItem>
  );
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-12 text-ink-3">{children}</DropdownMenu.Label>;
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 border-t border-line" />;
}
