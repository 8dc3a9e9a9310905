"use client";

import { timeOrDate, fullTime } from "@/components/format/time";
import type { Brand } from "@/components/hooks/rows";
import type { AgentTokenRow } from "@/components/hooks/use-agent-tokens";
import { useNow } from "@/components/hooks/use-now";
import { Button } from "@/components/ui/button";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { keyExpiry, keyUse } from "../api-key-text";
import { tokenReach } from "./token-text";

type AgentTokenTableProps = {
  tokens: readonly AgentTokenRow[];
  brands: readonly Brand[];
  onRevoke: (token: AgentTokenRow) => void;
};

export function AgentTokenTable({ tokens, brands, onRevoke }: AgentTokenTableProps) {
  const now = useNow();
  return (
    <Table aria-labelledby="agent-tokens">
      <thead>
        <tr>
          <ColumnHead>Name</ColumnHead>
          <ColumnHead>Token</ColumnHead>
          <ColumnHead optional>May use</ColumnHead>
          <ColumnHead optional>In the name of</ColumnHead>
          <ColumnHead optional>Expires</ColumnHead>
          <ColumnHead>Last used</ColumnHead>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => {
          const expiry = keyExpiry(token, now);
          return (
            <tr key={token._id} className="hover:[&>td]:bg-sunk">
              <Cell className="max-w-56 font-medium max-md:w-full max-md:max-w-0">
                <span className="block truncate" title={token.name}>
                  {token.name}
                </span>
              </Cell>
              <Cell className="font-mono text-12 whitespace-nowrap">{token.prefix}…</Cell>
              <Cell optional className="text-ink-2">
                {tokenReach(token, brands)}
              </Cell>
              <Cell optional className="text-ink-2">
                {token.operator?.name ?? "A former operator"},{" "}
                <time title={fullTime(token.createdAt)}>{timeOrDate(token.createdAt, { now })}</time>
              </Cell>
              <Cell optional className={expiry.soon ? "text-warning-ink" : "text-ink-2"}>
                {expiry.text}
              </Cell>
              <Cell className="whitespace-nowrap text-ink-2">{keyUse(token, now).text}</Cell>
              <Cell className="w-px text-right">
                {token.mayRevoke ? (
                  <Button
                    variant="quiet"
                    size="sm"
                    aria-label={`Revoke ${token.name}`}
                    onClick={() => onRevoke(token)}
                  >
                    Revoke
                  </Button>
                ) : null}
              </Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
