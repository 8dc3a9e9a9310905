"use client";

import { Clock3, Trash2 } from "lucide-react";
import { timeOrDate, fullTime } from "@/components/format/time";
import type { ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useNow } from "@/components/hooks/use-now";
import { Badge } from "@/components/ui/badge";
import { MenuItem } from "@/components/ui/menu";
import { RowMenu } from "@/components/ui/row-menu";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { keyExpiry, keyReach, keyUse } from "./api-key-text";

type ApiKeyTableProps = {
  keys: readonly ApiKeyRow[];
  /** Absent for operators who may only look. */
  onRevoke?: (key: ApiKeyRow) => void;
  mayRevoke: (key: ApiKeyRow) => boolean;
};

export function ApiKeyTable({ keys, onRevoke, mayRevoke }: ApiKeyTableProps) {
  return (
    <Table aria-labelledby="api-keys">
      <thead>
        <tr>
          <ColumnHead>Name</ColumnHead>
          <ColumnHead>Key</ColumnHead>
          <ColumnHead optional>May use</ColumnHead>
          <ColumnHead optional>Created by</ColumnHead>
          <ColumnHead optional>Expires</ColumnHead>
          <ColumnHead>Last used</ColumnHead>
          {onRevoke ? <ActionsHead /> : null}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key._id} apiKey={key} onRevoke={onRevoke} mayRevoke={mayRevoke(key)} />
        ))}
      </tbody>
    </Table>
  );
}

type KeyRowProps = { apiKey: ApiKeyRow; onRevoke?: (key: ApiKeyRow) => void; mayRevoke: boolean };

function KeyRow({ apiKey, onRevoke, mayRevoke }: KeyRowProps) {
  const now = useNow();
  const expiry = keyExpiry(apiKey, now);
  const use = keyUse(apiKey, now);
  return (
    <tr className="hover:[&>td]:bg-sunk">
      <Cell className="max-w-56 font-medium max-md:w-full max-md:max-w-0">
        <span className="block truncate" title={apiKey.name}>
          {apiKey.name}
        </span>
      </Cell>
      <Cell className="font-mono text-12 whitespace-nowrap">{apiKey.prefix}…</Cell>
      <Cell optional className="text-ink-2">
        {keyReach(apiKey)}
      </Cell>
      <Cell optional className="text-ink-2">
        {apiKey.createdBy?.name ?? "A former operator"},{" "}
        <time title={fullTime(apiKey.createdAt)}>{timeOrDate(apiKey.createdAt, { now })}</time>
      </Cell>
      <Cell optional className={expiry.soon ? "text-warning-ink" : "text-ink-2"}>
        {expiry.text}
      </Cell>
      <Cell className="whitespace-nowrap text-ink-2">
        {use.stale ? (
          <Badge kind="warn" Icon={Clock3}>
            {use.text}
          </Badge>
        ) : (
          use.text
        )}
      </Cell>
      {onRevoke ? (
        <Cell className="w-px text-right">
          {mayRevoke ? (
            <RowMenu of={apiKey.name}>
              <MenuItem
                icon={<Trash2 size={16} aria-hidden="true" />}
                onSelect={() => setTimeout(() => onRevoke(apiKey))}
              >
                Revoke
              </MenuItem>
            </RowMenu>
          ) : null}
        </Cell>
      ) : null}
    </tr>
  );
}
