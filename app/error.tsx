"use client";

import { RotateCw } from "lucide-react";
import { PlainPage } from "@/components/shell/plain-page";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** A page that failed, on the server or here. The error itself is in the server's log under its digest. */
export default function ErrorPage({ error }: { error: unknown }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <PlainPage>
      <div role="alert">
        <EmptyState
          heading="h1"
          failed
          title="The page did not load"
          actions={
            <Button variant="main" onClick={() => window.location.reload()}>
              <RotateCw size={14} aria-hidden="true" />
              Load again
            </Button>
          }
        >
          The server could not finish it. What you were writing is safe on this computer.
          {digest ? ` If it keeps failing, its log has the reason under ${digest}.` : null}
        </EmptyState>
      </div>
    </PlainPage>
  );
}
