"use client";

import { managesIntegrations } from "@/components/integrations/access";
import { needsAttention } from "@/components/integrations/endpoints/endpoint-text";
import { useSession } from "@/components/session/session-provider";
import { api } from "@/convex/_generated/api";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { useLiveQuery } from "./use-live-query";

/** Endpoints that need somebody, for those who can mend them; nothing is asked for others. */
export function useTroubledEndpoints(): WebhookRow[] {
  const { operator } = useSession();
  const endpoints = useLiveQuery(api.webhooks.list, managesIntegrations(operator) ? {} : "skip");
  return (endpoints.data ?? []).filter(needsAttention);
}
