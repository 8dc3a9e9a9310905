import { atTime, latencyText, timeInSentence, type Clock } from "@/components/format/time";
import type { AttemptOutcome, WebhookAttemptRow, WebhookDeliveryDetail } from "@/convex/validators/webhooks";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
/** Characters of a reply that fit in a sentence. */
const QUOTE_MAX = 80;

/** How an attempt without an HTTP status ended, in two words. */
const OUTCOME_WORDS: Record<AttemptOutcome, string> = {
  sending: "Sending",
  delivered: "Delivered",
  dns_failure: "Name not found",
  blocked_address: "Address refused",
  connect_timeout: "No connection",
  connect_failed: "Not reachable",
  tls_error: "TLS failed",
  reset: "Cut off",
  response_timeout: "No answer",
  http_3xx: "Redirect",
  http_4xx: "Refused",
  http_5xx: "Server error",
  body_too_large: "Too large",
  interrupted: "Interrupted",
  bad_response: "Not HTTP",
  not_configured: "Not signed",
};

/** What came back, in a table cell: "503", "No answer", "none yet". */
export function answerText(answer: { httpStatus?: number; error?: string }): string {
  if (answer.httpStatus !== undefined) return String(answer.httpStatus);
  if (answer.error === undefined) return "none yet";
  return OUTCOME_WORDS[answer.error as AttemptOutcome];
}

/** What an attempt met, in a sentence. */
export function attemptSentence(attempt: WebhookAttemptRow): string {
  const { outcome, httpStatus, latencyMs, replyExcerpt } = attempt;
  switch (outcome) {
    case "sending":
      return "The answer has not come yet.";
    case "delivered": {
      const took = latencyMs === undefined ? "" : ` in ${latencyText(latencyMs)}`;
      return `The endpoint answered ${httpStatus ?? "2xx"}${took}.`;
    }
    case "dns_failure":
      return "The name in its URL was not found.";
    case "blocked_address":
      return "The name in its URL leads to an address that PraxTalk does not send to.";
    case "connect_timeout":
      return "It did not take the connection in time.";
    case "connect_failed":
      return "No connection to it came about.";
    case "tls_error":
      return "No secure connection came about: its certificate is not valid, or its TLS is older than 1.2.";
    case "reset":
      return "It closed the connection before it had answered.";
    case "response_timeout":
      return "It did not answer in time.";
    case "http_3xx":
      return `It answered ${httpStatus ?? "3xx"}, a redirect. None is followed: enter the URL that it leads to.`;
    case "http_4xx":
    case "http_5xx":
      return `The endpoint answered ${httpStatus ?? "with an error"}${quote(replyExcerpt)}.`;
    case "body_too_large":
      return "The headers of its answer are too long.";
    case "interrupted":
      return "PraxTalk was interrupted while it sent, so whether it arrived is not known.";
    case "bad_response":
      return "What it answered is not HTTP.";
    case "not_configured":
      return "Its secret could not be opened with the key of this deployment, so nothing was sent.";
  }
}

/** A page of markup says nothing in a sentence: it stands under Response. */
function quote(reply: string | undefined): string {
  const line = reply?.replaceAll(/\s+/g, " ").trim() ?? "";
  if (line === "" || line.startsWith("<")) return "";
  const characters = [...line];
  const shown = characters.length > QUOTE_MAX ? `${characters.slice(0, QUOTE_MAX).join("")}…` : line;
  return ` with “${shown}”`;
}

type Told = Pick<WebhookDeliveryDetail, "status" | "state" | "attempts" | "attemptRows" | "nextRetryAt">;

/** The head of an open row: what became of the delivery, in one sentence. */
export function deliveryHeadline({ status, state, attemptRows }: Told): string {
  const made = attemptRows[attemptRows.length - 1]?.number ?? 0;
  const failed = attemptRows.filter(({ outcome }) => outcome !== "sending" && outcome !== "delivered").length;
  if (state === "sending") return made > 1 ? `Sending now, attempt ${made}.` : "Sending now.";
  switch (status) {
    case "pending":
    case "retrying":
      return failed === 0 ? "Waiting to be sent." : `${capital(attemptCount(failed))} failed.`;
    case "delivered":
      return made > 1 ? `Delivered by attempt ${made}.` : "Delivered by the first attempt.";
    case "failed":
      return failed === 1
        ? "It failed, and is not tried again."
        : `Given up: all ${attemptCount(failed)} failed.`;
    case "skipped":
      return made === 0
        ? "Not sent: the endpoint was disabled."
        : "Not sent again: the endpoint was disabled.";
    case "canceled":
      return made === 0 ? "Not sent: the endpoint was deleted." : "Not sent again: the endpoint was deleted.";
  }
}

const numberWord = (count: number): string => NUMBERS[count] ?? String(count);
const attemptCount = (count: number): string =>
  `${numberWord(count)} ${count === 1 ? "attempt" : "attempts"}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What happens next, and what a person can do about it. Null where nothing does. */
export function whatNext(delivery: Told, retrySchedule: readonly number[], clock: Clock): string | null {
  if (delivery.state === "sending") return null;
  switch (delivery.status) {
    case "delivered":
      return null;
    case "pending":
    case "retrying":
      return tries(delivery, retrySchedule, clock);
    case "failed":
      return "PraxTalk does not try again by itself. Retry it once the endpoint is mended.";
    case "skipped":
      return "It is kept. Once the endpoint is enabled, retry it, or replay all that the endpoint missed.";
    case "canceled":
      return "Nothing is sent to a deleted endpoint.";
  }
}

/** "PraxTalk tries again at 15:07 and, if need be, at 21:10. Nothing is lost until then." */
function tries(
  { attempts, nextRetryAt }: Told,
  retrySchedule: readonly number[],
  clock: Clock,
): string | null {
  if (nextRetryAt === undefined) return null;
  const next = atTime(nextRetryAt, clock);
  const later = retrySchedule.slice(attempts);
  const end = later.reduce((sum, delay) => sum + delay, nextRetryAt);
  if (attempts > 0 && later.length === 0) return `PraxTalk tries a last time ${next}.`;
  const first = attempts === 0 ? `PraxTalk sends it ${next}` : `PraxTalk tries again ${next}`;
  const more =
    later.length === 1
      ? atTime(end, clock)
      : `${numberWord(later.length)} more times until ${timeInSentence(end, clock)}`;
  return `${first} and, if need be, ${more}. Nothing is lost until then.`;
}
