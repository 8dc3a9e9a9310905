"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import type {
  DeliveryEventType,
  DeliveryStatus,
  WebhookDeliveryRow,
  WebhookRow,
} from "@/convex/validators/webhooks";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

const PAGE_SIZE = 50;

export type WebhookSettings = FunctionReturnType<typeof api.webhooks.settings>;
export type DeliveryDetail = NonNullable<FunctionReturnType<typeof api.webhooks.getDelivery>>;

/** The workspace's endpoints, newest first. */
export function useEndpoints(): Live<WebhookRow[]> {
  return useLiveQuery(api.webhooks.list, {});
}

/** Whether webhooks work on this deployment, and when failed deliveries are tried again. */
export function useWebhookSettings(): Live<WebhookSettings> {
  return useLiveQuery(api.webhooks.settings, {});
}

export const useCreateEndpoint = () => useOperatorAction(api.webhooks.create);
export const useUpdateEndpoint = () => useOperatorMutation(api.webhooks.update);
export const useSetEndpointEnabled = () => useOperatorMutation(api.webhooks.setEnabled);
export const useRemoveEndpoint = () => useOperatorMutation(api.webhooks.remove);
export const useRotateSecret = () => useOperatorAction(api.webhooks.rotateSecret);
export const useConfirmSecret = () => useOperatorMutation(api.webhooks.confirmSecret);
export const useFinishRotation = () => useOperatorMutation(api.webhooks.finishRotation);
export const useSendTest = () => useOperatorMutation(api.webhooks.sendTest);

/** What the event log is narrowed to; null: not at all. */
export type LogFilter = {
  endpoint: string | null;
  status: DeliveryStatus | null;
  type: DeliveryEventType | null;
};

/** Deliveries, newest first, page by page. */
export function useDeliveries({ endpoint, status, type }: LogFilter): LivePages<WebhookDeliveryRow> {
  const args = {
    ...(endpoint === null ? {} : { subscriptionId: endpoint }),
    ...(status === null ? {} : { status }),
    ...(type === null ? {} : { eventType: type }),
  };
  return useLivePages(api.webhooks.listDeliveries, args, PAGE_SIZE);
}

/** One delivery with its attempts and its request. Null data: there is none such. */
export function useDelivery(deliveryId: string | null): Live<DeliveryDetail | null> {
  return useLiveQuery(api.webhooks.getDelivery, deliveryId === null ? "skip" : { deliveryId });
}

export const useRetryNow = () => useOperatorMutation(api.webhooks.manualRetry);
export const useReplayFailed = () => useOperatorMutation(api.webhooks.replayFailed);

/** How many failed and skipped deliveries of an endpoint a replay since a time would send. */
export function useReplayable(
  subscriptionId: Id<"webhookSubscriptions"> | null,
  since: number,
): Live<FunctionReturnType<typeof api.webhooks.countReplayable>> {
  return useLiveQuery(
    api.webhooks.countReplayable,
    subscriptionId === null ? "skip" : { subscriptionId, since },
  );
}
