"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { useAgentTokens, useRevokeAgentToken, type AgentTokenRow } from "@/components/hooks/use-agent-tokens";
import { useBrands } from "@/components/hooks/use-inbox";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { AgentTokenTable } from "./agent-token-table";
import { NewTokenDialog } from "./new-token-dialog";

/** Tokens of software that follows the inbox as an operator does. Each operator has their own; managers see those of their brands. */
export function AgentTokens() {
  const tokens = useAgentTokens();
  const brands = useBrands();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<AgentTokenRow | null>(null);

  return (
    <section aria-labelledby="agent-tokens">
      <SectionHead
        id="agent-tokens"
        title="Agent tokens"
        hint="For software that follows the inbox live. It acts in your name, and its token ends when you leave."
      >
        <Button size="sm" className="ml-auto" onClick={() => setMaking(true)}>
          <Plus size={14} aria-hidden="true" />
          New token
        </Button>
      </SectionHead>
      {tokens.status === "failed" ? (
        <SectionFailed title="The tokens did not load">
          The server could not list them. Software that uses a token goes on working.
        </SectionFailed>
      ) : tokens.status === "loading" ? (
        <SectionLoading label="Loading tokens" />
      ) : tokens.data.length === 0 ? (
        <SectionEmpty title="No tokens yet">
          A token lets your own software subscribe to conversations over a websocket, and answer if you say
          so.
        </SectionEmpty>
      ) : (
        <AgentTokenTable tokens={tokens.data} brands={brands.data ?? []} onRevoke={setRevoking} />
      )}
      {making ? <NewTokenDialog brands={brands.data ?? []} onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeTokenDialog token={revoking} onClose={() => setRevoking(null)} /> : null}
    </section>
  );
}

function RevokeTokenDialog({ token, onClose }: { token: AgentTokenRow; onClose: () => void }) {
  const revoke = useRevokeAgentToken();
  return (
    <ConfirmDialog
      title={`Revoke the token “${token.name}”?`}
      safe="Keep token"
      action="Revoke token"
      busyWord="Revoking"
      onConfirm={() => revoke({ tokenId: token._id })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Every subscription under it ends at once, and it cannot be brought back. The software needs a new
        token.
      </p>
    </ConfirmDialog>
  );
}
