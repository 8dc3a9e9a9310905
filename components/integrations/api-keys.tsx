"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { useApiKeys, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useBrands } from "@/components/hooks/use-inbox";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import { managesIntegrations, managesOne } from "./access";
import { ApiKeyTable } from "./api-key-table";
import { NewKeyDialog } from "./new-key-dialog";
import { RevokeKeyDialog } from "./revoke-key-dialog";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";

/** The workspace's API keys. Owners and admins make and revoke them; agents see them. */
export function ApiKeys() {
  const { operator } = useSession();
  const keys = useApiKeys();
  const brands = useBrands();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyRow | null>(null);
  const mayManage = managesIntegrations(operator);

  return (
    <section aria-labelledby="api-keys">
      <SectionHead
        id="api-keys"
        title="API keys"
        hint={
          mayManage
            ? "A key is shown once, when you create it. Keys belong to the workspace, not to a person."
            : "Owners and admins create and revoke keys."
        }
      >
        {mayManage ? (
          <Button size="sm" className="ml-auto" onClick={() => setMaking(true)}>
            <Plus size={14} aria-hidden="true" />
            New key
          </Button>
        ) : null}
      </SectionHead>
      {keys.status === "failed" ? (
        <SectionFailed title="The keys did not load">
          The server could not list them. Programs that use a key go on working.
        </SectionFailed>
      ) : keys.status === "loading" ? (
        <SectionLoading label="Loading keys" />
      ) : keys.data.length === 0 ? (
        <SectionEmpty title="No keys yet">
          {mayManage
            ? "A key lets your CRM read and answer conversations over the REST API. Create one for each program that calls it."
            : "A key lets a CRM read and answer conversations over the REST API."}
        </SectionEmpty>
      ) : (
        <ApiKeyTable
          keys={keys.data}
          onRevoke={mayManage ? setRevoking : undefined}
          mayRevoke={(key) => managesOne(operator, key)}
        />
      )}
      {making ? <NewKeyDialog brands={brands.data ?? []} onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeKeyDialog apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
    </section>
  );
}
