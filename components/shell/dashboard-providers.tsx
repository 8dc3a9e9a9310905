"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { Announcer } from "@/components/announce/announcer";
import { useFormats } from "@/components/hooks/use-formats";
import { OutboxProvider } from "@/components/hooks/use-outbox";
import { useDensity, usePreferences } from "@/components/hooks/use-preferences";
import { KeysProvider } from "@/components/keys/keys-provider";
import { ToasterWithKey } from "@/components/keys/undo-key";
import { PaletteProvider } from "@/components/palette/palette-provider";
import { SessionProvider, type SessionHandover } from "@/components/session/session-provider";
import { TooltipProvider } from "@/components/ui/tooltip";
import type { Formats } from "@/lib/formats";

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
            <OwnWays formats={handover.formats}>
              <PaletteProvider>{children}</PaletteProvider>
              <ToasterWithKey />
            </OwnWays>
          </TooltipProvider>
          <Announcer />
        </OutboxProvider>
      </SessionProvider>
    </NuqsAdapter>
  );
}

/** Keys, density, dates and numbers as this operator chose them; as usual until it is known. */
function OwnWays({ formats, children }: { formats: Formats; children: ReactNode }) {
  const { data } = usePreferences();
  useDensity(data?.density);
  useFormats(formats, data);
  return <KeysProvider choice={data}>{children}</KeysProvider>;
}
