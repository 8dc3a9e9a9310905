"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { OutboxProvider } from "@/components/hooks/use-outbox";
import { useDensity, usePreferences } from "@/components/hooks/use-preferences";
import { KeysProvider } from "@/components/keys/keys-provider";
import { PaletteProvider } from "@/components/palette/palette-provider";
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
            <OwnKeys>
              <PaletteProvider>{children}</PaletteProvider>
            </OwnKeys>
          </TooltipProvider>
          <Toaster />
        </OutboxProvider>
      </SessionProvider>
    </NuqsAdapter>
  );
}

/** Keys and density as this operator chose them; as usual until it is known. */
function OwnKeys({ children }: { children: ReactNode }) {
  const { data } = usePreferences();
  useDensity(data?.density);
  return <KeysProvider choice={data}>{children}</KeysProvider>;
}
