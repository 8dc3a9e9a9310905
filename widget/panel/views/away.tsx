import type { ComponentChildren } from "preact";
import type { BusinessHours } from "../../../lib/widget-settings";
import { awayUntil } from "../hours";
import { fill } from "../texts";
import { whenSoon } from "../time";
import { useLocale, useTexts } from "./texts-context";

type Props = { hours: BusinessHours | undefined; children?: ComponentChildren };

/** Says outside of the business hours that nobody is there, and until when; below that, what can be done about it. */
export function Away({ hours, children }: Props) {
  const texts = useTexts();
  const locale = useLocale();
  const now = Date.now();
  const away = awayUntil(hours, now);
  if (!away) return null;
  return (
    <div class="away">
      <p>{away.at === null ? texts.away : fill(texts.awayUntil, { time: whenSoon(away.at, now, locale) })}</p>
      {children}
    </div>
  );
}
