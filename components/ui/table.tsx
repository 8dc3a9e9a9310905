import type { ComponentProps } from "react";
import { cn } from "./cn";

/** A table of hairline rows. Columns marked `optional` go first when the page narrows. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return <table {...props} className={cn("w-full border-collapse text-13 leading-[1.125rem]", className)} />;
}

type CellProps = { optional?: boolean };

export function ColumnHead({ optional, className, ...props }: ComponentProps<"th"> & CellProps) {
  return (
    <th
      scope="col"
      {...props}
      className={cn(
        "border-b border-line px-3 pb-1.5 text-left align-bottom text-12 font-medium whitespace-nowrap text-ink-2 first:pl-0 last:pr-0 max-md:px-1.5",
        optional && "max-lg:hidden",
        className,
      )}
    />
  );
}

/** Above the cells with what can be done to each row. */
export function ActionsHead() {
  return (
    <ColumnHead>
      <span className="sr-only">Actions</span>
    </ColumnHead>
  );
}

export function Cell({ optional, className, ...props }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      {...props}
      className={cn(
        "h-9 border-b border-line-faint px-3 py-1 align-middle first:pl-0 last:pr-0 max-md:px-1.5",
        optional && "max-lg:hidden",
        className,
      )}
    />
  );
}
