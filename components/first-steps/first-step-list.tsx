import { Check, Circle } from "lucide-react";
import Link from "next/link";
import type { FirstSteps } from "@/convex/validators/firstSteps";

const STEPS: readonly { step: keyof FirstSteps; label: string; href: string }[] = [
  { step: "snippet", label: "Put the widget on a page", href: "/app/brands" },
  { step: "message", label: "Get the first message", href: "/app/brands" },
  { step: "reply", label: "Answer it", href: "/app" },
  { step: "teammate", label: "Invite a colleague", href: "/app/team" },
  { step: "webhook", label: "Tell your own software of changes", href: "/app/integrations?view=webhooks" },
];

/** "2 of 5 done". */
export function progressOf(steps: FirstSteps): string {
  const done = STEPS.filter(({ step }) => steps[step]).length;
  return `${done} of ${STEPS.length} done`;
}

/** The steps of the first hour. Each is ticked off by what happens, not by hand. */
export function FirstStepList({ steps, onFollow }: { steps: FirstSteps; onFollow?: () => void }) {
  return (
    <ol aria-label="First steps" className="grid gap-0.5 text-13">
      {STEPS.map(({ step, label, href }) => {
        const done = steps[step];
        const Icon = done ? Check : Circle;
        return (
          <li key={step} className="flex min-h-7 items-center gap-2">
            <Icon
              size={14}
              role="img"
              aria-label={done ? "Done" : "To do"}
              className={done ? "text-success-ink" : "text-ink-3"}
            />
            {done ? (
              <span className="text-ink-2">{label}</span>
            ) : (
              <Link className="link inline-flex min-h-6 items-center" href={href} onClick={onFollow}>
                {label}
              </Link>
            )}
          </li>
        );
      })}
    </ol>
  );
}
