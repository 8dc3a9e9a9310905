"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { OutboxProvider } from "@/components/hooks/use-outbox";
import { KeysProvider } from "@/components/keys/keys-provider";
import { SessionProvider, type SessionHandover } from "@/components/session/session-provider";
import { Toaster } from "@/components/ui/toaster";
import { TooltipProvider } from "@/components/ui/tooltip";

/** What every page of the dashboard stands on: the connection, unsent messages, keys, toasts. */
export function DashboardProviders({
  handover,
  children,
}: {
  handover: SessionHandover;
  children: ReactNode;
}) {
  return (
    <NuqsAdapter>
      <SessionProvider handover={handover}>
        <OutboxProvider>
          <TooltipProvider delayDuration={500}>
            <KeysProvider>{children}</KeysProvider>
          </TooltipProvider>
          <Toaster />
        </OutboxProvider>
      </SessionProvider>
    </NuqsAdapter>
  );
}
