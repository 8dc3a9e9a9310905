import { Ban, Check, Hourglass, Minus, RotateCw, Send, X, type LucideIcon } from "lucide-react";
import { Badge, type BadgeKind } from "@/components/ui/badge";
import type { DeliveryStatus, WebhookDeliveryRow } from "@/convex/validators/webhooks";

/** A delivery's state, as word and icon; the tint comes third. */
export const DELIVERY_LOOK: Record<
  DeliveryStatus | "sending",
  { word: string; kind: BadgeKind; Icon: LucideIcon }
> = {
  sending: { word: "Sending", kind: "info", Icon: Send },
  pending: { word: "Waiting", kind: "plain", Icon: Hourglass },
  retrying: { word: "Retrying", kind: "warn", Icon: RotateCw },
  failed: { word: "Failed", kind: "bad", Icon: X },
  delivered: { word: "Delivered", kind: "ok", Icon: Check },
  skipped: { word: "Skipped", kind: "plain", Icon: Minus },
  canceled: { word: "Canceled", kind: "plain", Icon: Ban },
};

export function StatusBadge({ status, state }: Pick<WebhookDeliveryRow, "status" | "state">) {
  const { word, kind, Icon } = DELIVERY_LOOK[state === "sending" ? "sending" : status];
  return (
    <Badge kind={kind} Icon={Icon}>
      {word}
    </Badge>
  );
}
