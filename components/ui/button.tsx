import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const button = cva(
  "inline-flex flex-none items-center justify-center gap-[7px] rounded-md border border-transparent text-13 font-medium whitespace-nowrap transition-colors duration-[var(--dur-1)] disabled:cursor-not-allowed disabled:border-transparent disabled:bg-active disabled:text-disabled",
  {
    variants: {
      variant: {
        main: "bg-accent font-button text-on-accent hover:bg-accent-hover active:bg-accent-press",
        outline: "border-line-control bg-raised text-ink hover:bg-hover active:bg-active",
        quiet:
          "text-ink-2 hover:bg-hover hover:text-ink active:bg-active disabled:bg-transparent data-[state=open]:bg-hover",
        danger: "bg-danger font-button text-on-danger hover:bg-danger-hover",
      },
      size: {
        md: "h-[var(--control-h)] px-3",
        sm: "h-[var(--control-h-sm)] gap-[5px] px-[9px]",
        icon: "size-[var(--control-h)]",
        "icon-sm": "size-[var(--control-h-sm)]",
      },
    },
    defaultVariants: { variant: "outline", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof button> & {
    /** Renders the child element with the button's look: for links that act like buttons. */
    asChild?: boolean;
    /** Work is running: stays focusable, ignores presses. The caller changes the word. */
    busy?: boolean;
  };

export function Button({ variant, size, asChild, busy, className, onClick, type, ...props }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      {...props}
      type={asChild ? undefined : (type ?? "button")}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={cn(button({ variant, size }), className)}
    />
  );
}
