"use client";

import { TriangleAlert } from "lucide-react";
import { useNow } from "@/components/hooks/use-now";
import { Button } from "@/components/ui/button";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { attentionText, needsAttention } from "./endpoints/endpoint-text";

type AttentionBannerProps = {
  endpoints: readonly WebhookRow[];
  /** Shows what failed; of one endpoint where only one is in trouble. */
  onShowFailed: (subscriptionId: string | null) => void;
};

/** At the top of the page while an endpoint fails or was disabled by PraxTalk. Empty while all is well. */
export function AttentionBanner({ endpoints, onShowFailed }: AttentionBannerProps) {
  const now = useNow();
  const troubled = endpoints.filter(needsAttention);
  const [first, second] = troubled;
  return (
    <div role="status">
      {first && now !== 0 ? (
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1 border-b border-danger-line bg-danger-soft px-5 py-[7px] text-13 max-md:px-4">
          <TriangleAlert size={16} aria-hidden="true" className="text-danger-ink" />
          <span className="min-w-0 flex-[1_1_14rem]">
            <b>{attentionText(troubled, { now })}</b> Nothing is lost: what did not arrive is in the event
            log.
          </span>
          <Button
            size="sm"
            className="max-md:ml-[26px]"
            onClick={() => onShowFailed(second ? null : first._id)}
          >
            Show in the log
          </Button>
        </div>
      ) : null}
    </div>
  );
}
