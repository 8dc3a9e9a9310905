"use client";

import { useChangePreferences, usePreferences } from "@/components/hooks/use-preferences";
import { reasonOf } from "@/components/hooks/refusals";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { CheckGroup } from "@/components/ui/check-group";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { SectionHead } from "@/components/ui/section-head";
import { toastFailure } from "@/components/ui/toaster";
import type { NotificationKind } from "@/convex/validators";
import type { Preferences } from "@/convex/validators/preferences";

const DENSITIES = [
  { value: "comfortable", label: "Comfortable", hint: "Room between rows." },
  {
    value: "compact",
    label: "Compact",
    hint: "More rows on the screen. Fingers get large controls all the same.",
  },
] as const;

const KINDS: { value: NotificationKind; label: string; hint: string }[] = [
  { value: "mention", label: "Mentions", hint: "A colleague names you in a note." },
  {
    value: "conversation_assigned",
    label: "Conversations given to you",
    hint: "A colleague makes one yours.",
  },
  {
    value: "human_requested",
    label: "Somebody asks for a person",
    hint: "A visitor does not want to go on without one.",
  },
  {
    value: "atlas_handed_over",
    label: "Atlas hands over",
    hint: "It has no answer of its own for a visitor.",
  },
  {
    value: "webhook_failed",
    label: "Webhooks fail",
    hint: "A delivery was given up. Owners and admins get these.",
  },
  {
    value: "webhook_disabled",
    label: "A webhook endpoint was turned off",
    hint: "Its receiver is gone. Owners and admins get these.",
  },
];

/** How the dashboard looks for this person, and what reaches their bell. Each choice acts at once. */
export function OwnView() {
  const preferences = usePreferences();
  return (
    <section aria-labelledby="own-view">
      <SectionHead id="own-view" title="Yours" hint="For you alone, on every computer." />
      {preferences.status === "failed" ? (
        <SectionFailed title="Your settings did not load">The server could not read them.</SectionFailed>
      ) : preferences.status === "loading" ? (
        <SectionLoading label="Loading your settings" />
      ) : (
        <Choices {...preferences.data} />
      )}
    </section>
  );
}

function Choices({ density, mutedKinds }: Preferences) {
  const change = useChangePreferences();
  const set = (next: Parameters<typeof change>[0]) =>
    void change(next).catch((error: unknown) => toastFailure(reasonOf(error)));
  const shown = KINDS.map(({ value }) => value);
  // Kinds that this page does not list keep what they are.
  const unlisted = mutedKinds.filter((kind) => !shown.includes(kind));
  return (
    <div className="grid max-w-[68ch] gap-5">
      <ChoiceGroup
        legend="Density"
        choices={DENSITIES}
        value={density}
        onChange={(value) => set({ density: value })}
      />
      <CheckGroup
        legend="What reaches the bell"
        choices={KINDS}
        values={shown.filter((kind) => !mutedKinds.includes(kind))}
        onChange={(kept) =>
          set({ mutedKinds: [...unlisted, ...shown.filter((kind) => !kept.includes(kind))] })
        }
      />
    </div>
  );
}
