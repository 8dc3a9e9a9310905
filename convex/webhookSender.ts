"use node";

/** The actions that send. Each run sends for many endpoints and goes on while there is more, so that few are needed. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction } from "./functions";
import { open } from "./logic/sealing";
import { deliveryHeaders, signatureHeaders } from "./logic/webhookSignature";
import { runMutation } from "./model/retry";
import { allowedCidrs, secretKeys } from "./model/webhookSettings";
import type { AttemptRequest, ExchangeResult } from "./validators/webhooks";
import { exchange } from "./webhookExchange/exchange";

/** How long a run takes on more. Far below what a deployment lets an action run. */
const RUN = 2 * 60_000;
/** Less than this is left of the lease, and the attempt is not begun: its result might come too late. */
const LEASE_LEFT = 20_000;

type Ended = { attemptId: AttemptRequest["attemptId"]; result: ExchangeResult };

/** Sends these attempts, then what else is due at their endpoints. No endpoint waits for another. */
export const drain = internalAction({
  args: { attemptIds: v.array(v.id("webhookAttempts")) },
  returns: v.null(),
  handler: async (ctx, { attemptIds }) => {
    const until = Date.now() + RUN;
    const requests = await ctx.runQuery(internal.webhookDelivery.load, { attemptIds });
    const subscriptionIds = [...new Set(requests.map(({ subscriptionId }) => subscriptionId))];
    const drainEndpoint = async (subscriptionId: AttemptRequest["subscriptionId"]) =>
      await sendAll(
        requests.filter((request) => request.subscriptionId === subscriptionId),
        async (results) =>
          await runMutation(ctx, internal.webhookDelivery.record, {
            results,
            claimFor: Date.now() < until ? subscriptionId : undefined,
          }),
      );
    await Promise.all(subscriptionIds.map(drainEndpoint));
    // Its time is over: what is left goes to another run.
    if (Date.now() >= until) await ctx.runMutation(internal.webhookDelivery.dispatch, { subscriptionIds });
    return null;
  },
});

/** Goes round the endpoints of the slow lane, a batch at a time, until nothing is due there. */
export const drainSlowLane = internalAction({
  args: { lease: v.number() },
  returns: v.null(),
  handler: async (ctx, { lease }) => {
    const until = Date.now() + RUN;
    while (Date.now() < until) {
      const { batch, isDone } = await runMutation(ctx, internal.webhookDelivery.claimSlow, { lease });
      if (isDone) return null;
      await sendAll(
        batch,
        async (results) => await runMutation(ctx, internal.webhookDelivery.record, { results }),
      );
    }
    await ctx.runMutation(internal.webhookDelivery.relaySlow, { lease });
    return null;
  },
});

/**
 * Sends these and whatever `record` gives back, side by side. Results that come while others are being recorded are
 * recorded together. What cannot be recorded is left to the sweep.
 */
async function sendAll(
  requests: AttemptRequest[],
  record: (results: Ended[]) => Promise<AttemptRequest[]>,
): Promise<void> {
  const running: Promise<void>[] = [];
  const failures: unknown[] = [];
  let ended: Ended[] = [];
  let isRecording = false;

  async function recordEnded(): Promise<void> {
    if (isRecording) return;
    isRecording = true;
    try {
      while (ended.length > 0) {
        const results = ended;
        ended = [];
        start(await record(results));
      }
    } finally {
      isRecording = false;
    }
  }

  async function attempt(request: AttemptRequest): Promise<void> {
    try {
      const result = await send(request);
      if (result === null) return;
      ended.push({ attemptId: request.attemptId, result });
      await recordEnded();
    } catch (error) {
      failures.push(error);
    }
  }

  const start = (requests: AttemptRequest[]) => running.push(...requests.map(attempt));

  start(requests);
  while (running.length > 0) await Promise.all(running.splice(0));
  if (failures.length > 0) throw failures[0];
}

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
