"use client";

import { useAnnouncing } from "@/components/hooks/use-announcing";
import { useChangePreferences } from "@/components/hooks/use-preferences";
import { useSubmission } from "@/components/hooks/use-submission";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { CheckGroup } from "@/components/ui/check-group";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";

const CHOICES = [
  {
    value: "notifications",
    label: "Notify me outside the page",
    hint: "A visitor writes in a conversation that is yours or nobody's, a colleague names you or gives you one, a visitor asks for a person. Not while you have that conversation in view.",
  },
  { value: "sound", label: "With a short sound", hint: "Two tones, once for each." },
] as const;
const OFF = { notifications: false, sound: false };

/** Notifications by the browser: off until they are asked for here, by a click. */
export function Announcing() {
  const { state, preferences, ask } = useAnnouncing();
  const choice = preferences.data?.announce ?? OFF;
  const change = useChangePreferences();
  const { busy, refusal, submit } = useSubmission();
  const values = CHOICES.map(({ value }) => value).filter((value) => choice[value]);

  const choose = (chosen: readonly string[]) =>
    submit(async () => {
      const notifications = chosen.includes("notifications");
      if (notifications && state === "default" && (await ask()) !== "granted") return;
      await change({ announce: { notifications, sound: chosen.includes("sound") } });
    });

  return (
    <section aria-labelledby="announcing">
      <SectionHead
        id="announcing"
        title="Notifications outside the page"
        hint="For you, in each browser that you allow."
      />
      <div className="grid max-w-[68ch] justify-items-start gap-3.5">
        {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        {state === "denied" ? (
          <NoteBox kind="warning">
            This browser does not let PraxTalk notify you. Open what is left of the address, set Notifications
            to Allow, and come back: it counts at once.
          </NoteBox>
        ) : null}
        {state === "unsupported" ? (
          <p className="text-13 text-ink-2">
            Not here: the browser has no notifications, or the page was not opened over https.
          </p>
        ) : preferences.status === "failed" ? (
          <SectionFailed title="Your choice did not load">The server could not read it.</SectionFailed>
        ) : preferences.status === "loading" ? (
          <SectionLoading label="Loading your choice" />
        ) : (
          <CheckGroup
            legend="When something new comes"
            choices={CHOICES}
            values={values}
            onChange={(chosen) => void choose(chosen)}
          />
        )}
        {state === "default" && choice.notifications ? (
          <Button busy={busy} onClick={() => void submit(async () => void (await ask()))}>
            Allow in this browser
          </Button>
        ) : null}
      </div>
    </section>
  );
}
