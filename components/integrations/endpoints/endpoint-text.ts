import { numberText } from "@/components/format/formats";
import { atTime, spanText, timeInSentence, type Clock } from "@/components/format/time";
import type { EventType } from "@/convex/validators";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { hostOf } from "./url-text";

/** Failed attempts in a row from which the page and the sidebar say that an endpoint fails: fewer may be a restart. */
const FAILURES_TO_TELL = 3;

/** What an endpoint can be told of, in the order of a conversation's life. */
export const EVENT_CHOICES: readonly { value: EventType; hint: string }[] = [
  { value: "conversation.created", hint: "A visitor starts a conversation." },
  { value: "conversation.status_changed", hint: "It is resolved, snoozed, closed or opened again." },
  { value: "conversation.merged", hint: "Its messages move into another one of the same visitor." },
  {
    value: "message.created",
    hint: "A visitor, an operator or Atlas writes. Internal notes are never sent.",
  },
  { value: "lead.created", hint: "Somebody becomes a lead." },
  { value: "lead.status_changed", hint: "A lead moves on: contacted, qualified, won or lost." },
];

export type EndpointState = "enabled" | "failing" | "disabled";

export function endpointState({ enabled, health }: Pick<WebhookRow, "enabled" | "health">): EndpointState {
  if (!enabled) return "disabled";
  return health.failingSince === null ? "enabled" : "failing";
}

type Noted = Pick<WebhookRow, "enabled" | "disabledReason" | "disabledAt" | "lane" | "health">;

/** Why an endpoint is not simply enabled, in a sentence; null when it is. */
export function stateNote(endpoint: Noted, clock: Clock): string | null {
  const { health, lane } = endpoint;
  if (!endpoint.enabled) return disabledNote(endpoint, clock);
  if (health.failingSince !== null) {
    const since = timeInSentence(health.failingSince, clock);
    const count = health.consecutiveFailures;
    return `Failing since ${since}: ${count === 1 ? "the last attempt" : `the last ${count} attempts`} failed.`;
  }
  return lane === "slow" ? "It answers slowly, so it is sent to apart from the others." : null;
}

function disabledNote({ disabledReason, disabledAt }: Noted, clock: Clock): string {
  const at = disabledAt === undefined ? "" : ` ${atTime(disabledAt, clock)}`;
  switch (disabledReason) {
    case "gone":
      return `Disabled${at}: it answered 410, that it is gone. What happens meanwhile is kept for a replay.`;
    case "failing":
      return `Disabled${at}: for five days nothing reached it. What happens meanwhile is kept for a replay.`;
    case "operator":
    case undefined:
      return `Disabled${at}. What happens meanwhile is kept for a replay.`;
  }
}

/** Endpoints that need a person: disabled by the system, or failing for several attempts in a row. */
export function needsAttention(endpoint: Noted): boolean {
  if (!endpoint.enabled) return endpoint.disabledReason === "gone" || endpoint.disabledReason === "failing";
  return endpoint.health.failingSince !== null && endpoint.health.consecutiveFailures >= FAILURES_TO_TELL;
}

type Troubled = Pick<WebhookRow, "url" | "enabled" | "health" | "disabledAt">;

/** The banner's sentence about the endpoints that need attention: names a single one, counts several. */
export function attentionText(troubled: readonly Troubled[], clock: Clock): string {
  const [only, another] = troubled;
  if (only !== undefined && another === undefined) return troubleOf(only, clock);
  const failing = troubled.filter(({ enabled }) => enabled).length;
  const disabled = troubled.length - failing;
  if (disabled === 0) return `${failing} endpoints are failing.`;
  if (failing === 0) return `${disabled} endpoints were disabled.`;
  const first = failing === 1 ? "1 endpoint is failing" : `${failing} endpoints are failing`;
  return `${first}, ${disabled} ${disabled === 1 ? "was" : "were"} disabled.`;
}

function troubleOf({ url, enabled, health, disabledAt }: Troubled, clock: Clock): string {
  if (!enabled) {
    return `${hostOf(url)} was disabled${disabledAt === undefined ? "" : ` ${atTime(disabledAt, clock)}`}.`;
  }
  const { failingSince } = health;
  return `${hostOf(url)} is failing${failingSince === null ? "" : ` since ${timeInSentence(failingSince, clock)}`}.`;
}

/** "A failed one is tried 6 times over 7 h 12 min." */
export function retryPromise(retrySchedule: readonly number[]): string {
  const total = retrySchedule.reduce((sum, delay) => sum + delay, 0);
  return `A failed one is tried ${retrySchedule.length + 1} times over ${spanText(total)}.`;
}

/** The delays of the schedule, for a tooltip: "30 s, 2 min, 10 min, 1 h, 6 h". */
export function scheduleText(retrySchedule: readonly number[]): string {
  return retrySchedule.map((delay) => spanText(delay)).join(", ");
}

/** Deliveries made shortly before an endpoint failed or was disabled still waited then. Milliseconds. */
const WAITED = 60_000;

/** From when on deliveries to a disabled endpoint failed or were skipped, Unix milliseconds. */
export function missedSince(
  { disabledAt, health }: Pick<WebhookRow, "disabledAt" | "health">,
  now: number,
): number {
  return Math.min(disabledAt ?? now, health.failingSince ?? now) - WAITED;
}

/** "12 deliveries failed or were skipped", of a count that ends somewhere. */
export function missedText({ count, isMore }: { count: number; isMore: boolean }): string {
  if (count === 1) return "1 delivery failed or was skipped";
  return `${isMore ? "More than " : ""}${numberText(count)} deliveries failed or were skipped`;
}
