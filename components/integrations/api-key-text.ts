import { timeOrDate, type Clock } from "@/components/format/time";
import type { ApiKeyRow } from "@/components/hooks/use-api-keys";

const DAY = 86_400_000;
/** A key that nobody used for so long is one to think about, milliseconds. */
const STALE_AFTER = 30 * DAY;
/** From here on the table warns that a key is about to end, milliseconds. */
const SOON = 7 * DAY;

type Reach = Pick<ApiKeyRow, "scope" | "brandId" | "brandName">;

/** What a key may do, and where: "Read and write, all brands". */
export function keyReach({ scope, brandId, brandName }: Reach): string {
  const access = scope === "read" ? "Read" : "Read and write";
  return `${access}, ${brandId === null ? "all brands" : (brandName ?? "one brand")}`;
}

/** When it was last used. Known to the hour, so that a busy key costs few writes. */
export function keyUse(
  { lastUsedAt, createdAt }: Pick<ApiKeyRow, "lastUsedAt" | "createdAt">,
  now: number,
  clock: Omit<Clock, "now"> = {},
): { text: string; stale: boolean } {
  const quiet = now - (lastUsedAt ?? createdAt);
  const stale = quiet >= STALE_AFTER;
  if (lastUsedAt === undefined) return { text: "Never", stale };
  if (stale) return { text: `${Math.floor(quiet / DAY)} days ago`, stale };
  return { text: timeOrDate(lastUsedAt, { now, ...clock }), stale };
}

/** When it ends: "Never", "In 3 days", "19 Nov". */
export function keyExpiry(
  { expiresAt }: Pick<ApiKeyRow, "expiresAt">,
  now: number,
  clock: Omit<Clock, "now"> = {},
): { text: string; soon: boolean } {
  if (expiresAt === undefined) return { text: "Never", soon: false };
  const left = expiresAt - now;
  if (left <= 0) return { text: "Expired", soon: true };
  if (left > SOON) return { text: timeOrDate(expiresAt, { now, ...clock }), soon: false };
  const days = Math.ceil(left / DAY);
  return { text: days === 1 ? "Within a day" : `In ${days} days`, soon: true };
}
