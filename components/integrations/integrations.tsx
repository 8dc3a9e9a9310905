"use client";

import { BookOpen } from "lucide-react";
import Link from "next/link";
import { useAgentTokens } from "@/components/hooks/use-agent-tokens";
import { useApiKeys } from "@/components/hooks/use-api-keys";
import { useIntegrationsUrl } from "@/components/hooks/use-integrations-url";
import { useEndpoints, useWebhookSettings } from "@/components/hooks/use-webhooks";
import { AppShell } from "@/components/shell/app-shell";
import { SectionStack } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { ApiKeys } from "./api-keys";
import { AttentionBanner } from "./attention-banner";
import { WebhookEndpoints } from "./endpoints/webhook-endpoints";
import { IntegrationsViews } from "./integrations-views";
import { EventLog } from "./log/event-log";
import { AgentTokens } from "./tokens/agent-tokens";

/** What connects other software to the workspace: keys for the REST API, webhook endpoints, and what was sent to them. */
export function Integrations() {
  const { view, filter, deliveryId, show, narrow, open } = useIntegrationsUrl();
  const keys = useApiKeys();
  const tokens = useAgentTokens();
  const endpoints = useEndpoints();
  const settings = useWebhookSettings();
  const shows = (part: typeof view) => view === "overview" || view === part;

  return (
    <AppShell
      section="integrations"
      onCurrent={() => show("overview")}
      views={
        <IntegrationsViews
          view={view}
          onView={show}
          counts={{ keys: keys.data?.length, tokens: tokens.data?.length, webhooks: endpoints.data?.length }}
        />
      }
    >
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Integrations</h1>
          <Button asChild variant="quiet" size="sm" className="ml-auto">
            <Link href="/docs/api">
              <BookOpen size={14} aria-hidden="true" />
              API docs
            </Link>
          </Button>
        </header>
        <AttentionBanner
          endpoints={endpoints.data ?? []}
          onShowFailed={(endpoint) => show("log", { endpoint })}
        />
        <SectionStack>
          {shows("keys") ? <ApiKeys /> : null}
          {shows("tokens") ? <AgentTokens /> : null}
          {shows("webhooks") ? (
            <WebhookEndpoints
              endpoints={endpoints}
              settings={settings}
              onShowDelivery={(delivery) => show("log", { delivery })}
            />
          ) : null}
          {shows("log") ? (
            <EventLog
              filter={filter}
              onNarrow={narrow}
              deliveryId={deliveryId}
              onOpen={open}
              endpoints={endpoints.data ?? []}
              settings={settings.data}
            />
          ) : null}
        </SectionStack>
      </div>
    </AppShell>
  );
}
