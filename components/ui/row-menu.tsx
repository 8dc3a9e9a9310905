import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { Menu, MenuContent, MenuTrigger } from "./menu";

type RowMenuProps = {
  /** Names the row. */
  of: string;
  /** Items. One that opens a dialog does so in a moment, after the closing menu has given the focus back. */
  children: ReactNode;
};

/** What can be done to one row of a table, at the row's end. */
export function RowMenu({ of, children }: RowMenuProps) {
  return (
    <div className="relative inline-block">
      <Menu>
        <MenuTrigger asChild>
          <Button variant="quiet" size="icon-sm" aria-label={`Actions for ${of}`}>
            <Ellipsis size={16} aria-hidden="true" />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">{children}</MenuContent>
      </Menu>
    </div>
  );
}
