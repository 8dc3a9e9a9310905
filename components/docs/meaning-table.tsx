import type { ReactNode } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { Marked } from "./markup";

type MeaningTableProps = {
  label: string;
  heads: [name: string, meaning: string];
  /** `text` may have `code` between backticks. */
  rows: { key: string; name: ReactNode; text: string }[];
};

/** Names, and what each means. */
export function MeaningTable({ label, heads, rows }: MeaningTableProps) {
  return (
    <ScrollBox label={label}>
      <Table aria-label={label}>
        <thead>
          <tr>
            {heads.map((head) => (
              <ColumnHead key={head}>{head}</ColumnHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, text }) => (
            <tr key={key}>
              <Cell className="py-1.5 align-top whitespace-nowrap max-md:whitespace-normal">{name}</Cell>
              <Cell className="py-1.5 align-top">
                <Marked text={text} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </ScrollBox>
  );
}
