"use client";

import { useId, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ScrollBox } from "@/components/ui/scroll-box";
import { SectionHead } from "@/components/ui/section-head";
import { Cell, ColumnHead, Table } from "@/components/ui/table";

/** What a chart shows, in words and numbers. */
export type ChartTable = { head: readonly string[]; rows: readonly (readonly string[])[] };

type ChartSectionProps = {
  title: string;
  /** The sample, and what is special about it. */
  hint: string;
  legend?: ReactNode;
  table: ChartTable;
  /** Absent where the table is all there is. */
  children?: ReactNode;
};

/** A chart with its table one press away. */
export function ChartSection({ title, hint, legend, table, children }: ChartSectionProps) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col">
      <SectionHead id={id} title={title} hint={hint} hintBelow>
        {children === undefined ? null : (
          <Button
            variant="quiet"
            size="sm"
            className="-mr-[9px] ml-auto"
            aria-pressed={asTable}
            aria-label={`Show as table: ${title}`}
            onClick={() => setAsTable(!asTable)}
          >
            Show as table
          </Button>
        )}
      </SectionHead>
      {children !== undefined && !asTable ? (
        <div className="mt-auto grid gap-2">
          {legend}
          {children}
        </div>
      ) : (
        <ScrollBox label={`${title}, as a table`}>
          <Table aria-labelledby={id}>
            <thead>
              <tr>
                {table.head.map((title, column) => (
                  <ColumnHead key={title} className={column === 0 ? undefined : "text-right"}>
                    {title}
                  </ColumnHead>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((cells) => (
                <tr key={cells[0]}>
                  {cells.map((cell, column) => (
                    <Cell key={column} className={column === 0 ? undefined : "text-right"}>
                      {cell}
                    </Cell>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </ScrollBox>
      )}
    </section>
  );
}
