"use node";

/** The workers of the lanes: the only actions that send. Each runs while there is something to send, one at a time. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import type { ActionCtx } from "./_generated/server";
import { internalAction } from "./functions";
import { open } from "./logic/sealing";
import { deliveryHeaders, signatureHeaders } from "./logic/webhookSignature";
import { runMutation } from "./model/retry";
import { Sending } from "./model/webhookSending";
import { secretKeys } from "./model/secretKeys";
import { allowedCidrs } from "./model/webhookSettings";
import type { AttemptRequest, ExchangeResult } from "./validators/webhooks";
import { exchange } from "./webhookExchange/exchange";

/** How long a worker takes on more. Far below what a deployment lets an action run. */
const RUN = 2 * 60_000;
/** Attempts under way at which the fast lane's worker takes on no more endpoints. */
const BUSY = 250;
/** The fast lane's worker looks for calls after so long, then after twice as long, up to the last. */
const LOOK = { first: 25, last: 400 };
/** Less than this is left of the lease, and an attempt is not begun: its result might come too late. */
const LEASE_LEFT = 20_000;

/** Sends what is due at the endpoints that the fast lane is called to. No endpoint waits for another. */
export const drainFastLane = internalAction({
  args: { lease: v.number() },
  returns: v.null(),
  handler: async (ctx, { lease }) => {
    const until = Date.now() + RUN;
    const hasTime = () => Date.now() < until;
    const sending = new Sending(
      send,
      async (results) =>
        await runMutation(ctx, internal.webhookDelivery.record, {
          results,
          next: hasTime() ? "claim" : "call",
        }),
    );
    try {
      await takeWhileCalled(ctx, lease, sending, hasTime);
      if (!hasTime()) await runMutation(ctx, internal.webhookDelivery.relay, { lane: "fast", lease });
    } finally {
      await sending.end();
    }
    return null;
  },
});

/** Looks for calls until there is nothing to send any more, or the lane has gone to another worker. */
async function takeWhileCalled(
  ctx: ActionCtx,
  lease: number,
  sending: Sending,
  hasTime: () => boolean,
): Promise<void> {
  let wait = LOOK.first;
  while (hasTime()) {
    const worker = { lease, isIdle: sending.count === 0, isBusy: sending.count >= BUSY };
    const { requests, isDone } = await runMutation(ctx, internal.webhookDelivery.takeFast, worker);
    sending.start(requests);
    if (isDone) return;
    wait = requests.length > 0 ? LOOK.first : Math.min(wait * 2, LOOK.last);
    await sending.idleWithin(wait);
  }
}

/** Goes round the endpoints of the slow lane, a batch at a time, until nothing is due there. */
export const drainSlowLane = internalAction({
  args: { lease: v.number() },
  returns: v.null(),
  handler: async (ctx, { lease }) => {
    const until = Date.now() + RUN;
    const sending = new Sending(
      send,
      async (results) => await runMutation(ctx, internal.webhookDelivery.record, { results, next: "none" }),
    );
    let isDone = false;
    while (!isDone && Date.now() < until) {
      const batch = await runMutation(ctx, internal.webhookDelivery.claimSlow, { lease });
      isDone = batch.isDone;
      sending.start(batch.requests);
      await sending.idle();
    }
    if (!isDone) await runMutation(ctx, internal.webhookDelivery.relay, { lane: "slow", lease });
    await sending.end();
    return null;
  },
});

/** One attempt; null when it is too late to begin it. */
async function send(request: AttemptRequest): Promise<ExchangeResult | null> {
  const now = Date.now();
  if (request.leaseUntil - now < LEASE_LEFT) return null;
  const secrets = await openSecrets(request);
  if (secrets.length === 0) return { outcome: "not_configured", latencyMs: 0 };
  const { url, eventId, eventType, attemptId, attempt, body } = request;
  const headers = [
    ...deliveryHeaders({ eventId, eventType, attemptId, attempt }),
    ...(await signatureHeaders({ eventId, body, secrets, timestamp: Math.floor(now / 1000) })),
  ];
  return await exchange({ url, headers, body, allowedCidrs: allowedCidrs() });
}

/** Those that the deployment's keys open. */
async function openSecrets({ sealedSecrets, workspaceId }: AttemptRequest): Promise<string[]> {
  const keys = secretKeys() ?? [];
  const opened = await Promise.all(sealedSecrets.map((sealed) => open(sealed, keys, workspaceId)));
  return opened.filter((secret) => secret !== null);
}
