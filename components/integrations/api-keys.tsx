"use client";

import { Plus, RotateCw } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useApiKeys, type ApiKeyRow } from "@/components/hooks/use-api-keys";
import { useBrands } from "@/components/hooks/use-inbox";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { ApiKeyTable } from "./api-key-table";
import { NewKeyDialog } from "./new-key-dialog";
import { RevokeKeyDialog } from "./revoke-key-dialog";

/** The workspace's API keys. Owners and admins make and revoke them; agents see them. */
export function ApiKeys() {
  const { operator } = useSession();
  const keys = useApiKeys();
  const brands = useBrands();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyRow | null>(null);
  const mayManage = operator.role !== "agent";

  return (
    <section aria-labelledby="api-keys">
      <div className="mb-2 flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h2 id="api-keys" className="text-14 font-strong">
          API keys
        </h2>
        <p className="text-13 text-ink-2">
          {mayManage
            ? "A key is shown once, when you create it. Keys belong to the workspace, not to a person."
            : "Owners and admins create and revoke keys."}
        </p>
        {mayManage ? (
          <Button size="sm" className="ml-auto" onClick={() => setMaking(true)}>
            <Plus size={14} aria-hidden="true" />
            New key
          </Button>
        ) : null}
      </div>
      {keys.status === "failed" ? (
        <Failed />
      ) : keys.status === "loading" ? (
        <Loading />
      ) : keys.data.length === 0 ? (
        <Empty mayManage={mayManage} />
      ) : (
        <ApiKeyTable keys={keys.data} onRevoke={mayManage ? setRevoking : undefined} />
      )}
      {making ? <NewKeyDialog brands={brands.data ?? []} onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeKeyDialog apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
    </section>
  );
}

function Empty({ mayManage }: { mayManage: boolean }): ReactNode {
  return (
    <div className="border-t border-line py-6">
      <EmptyState title="No keys yet" heading="h3">
        {mayManage
          ? "A key lets your CRM read and answer conversations over the REST API. Create one for each program that calls it."
          : "A key lets a CRM read and answer conversations over the REST API."}
      </EmptyState>
    </div>
  );
}

function Failed(): ReactNode {
  return (
    <div role="alert" className="border-t border-line py-6">
      <EmptyState
        failed
        heading="h3"
        title="The keys did not load"
        actions={
          <Button onClick={() => window.location.reload()}>
            <RotateCw size={14} aria-hidden="true" />
            Load again
          </Button>
        }
      >
        The server could not list them. Programs that use a key go on working.
      </EmptyState>
    </div>
  );
}

function Loading(): ReactNode {
  return (
    <LoadingAfterDelay label="Loading keys">
      <div className="grid gap-4 border-t border-line py-4">
        {["w-[62%]", "w-[48%]", "w-[55%]"].map((width) => (
          <SkeletonLine key={width} className={width} />
        ))}
      </div>
    </LoadingAfterDelay>
  );
}
