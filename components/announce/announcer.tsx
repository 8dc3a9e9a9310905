"use client";

import { Suspense } from "react";
import { useAnnouncing } from "@/components/hooks/use-announcing";
import { useSession } from "@/components/session/session-provider";
import { useAnnouncer } from "./use-announcer";

/** Announces what is new outside the page, for who has asked for it in this browser. Draws nothing. */
export function Announcer() {
  const { state, preferences } = useAnnouncing();
  const choice = preferences.data?.announce;
  if (state !== "granted" || choice?.notifications !== true) return null;
  return (
    <Suspense>
      <Listening sound={choice.sound} />
    </Suspense>
  );
}

function Listening({ sound }: { sound: boolean }) {
  const { operator } = useSession();
  useAnnouncer(operator._id, sound);
  return null;
}
