import type { BusinessHours } from "../../../lib/widget-settings";
import { awayUntil } from "../hours";
import { fill } from "../texts";
import { whenSoon } from "../time";
import { useLocale, useTexts } from "./texts-context";

/** Says outside of the business hours that nobody is there, and until when. */
export function Away({ hours }: { hours: BusinessHours | undefined }) {
  const texts = useTexts();
  const locale = useLocale();
  const now = Date.now();
  const away = awayUntil(hours, now);
  if (!away) return null;
  return (
    <p class="away">
      {away.at === null ? texts.away : fill(texts.awayUntil, { time: whenSoon(away.at, now, locale) })}
    </p>
  );
}
