"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useNewestOpen, useRecentActivity } from "@/components/hooks/use-announcements";
import { usePageVisible } from "@/components/hooks/use-page-visible";
import { Sound } from "@/lib/sound";
import { announcementsOf, heardOf, type Announcement, type Heard } from "./announcements";

/** Held by every tab for the conversation that it shows, so that whichever tab announces knows of them all. */
const IN_VIEW = "praxtalk-in-view:";

/**
 * Shows what is new outside the page, for as long as it is mounted. Of several tabs of one person one does it, by a lock that
 * the browser hands on when that tab closes or dies.
 */
export function useAnnouncer(operatorId: string, sound: boolean): void {
  useInView();
  const isOurs = useLock(`praxtalk-announcer:${operatorId}`);
  const conversations = useNewestOpen(isOurs);
  const notices = useRecentActivity(isOurs);
  const heard = useRef<Heard | null>(null);
  const show = useShow(sound);

  useEffect(() => {
    if (conversations === undefined || notices === undefined) return;
    const news = { conversations, notices };
    const before = heard.current;
    heard.current = heardOf(news, before ?? undefined);
    if (before === null) return;
    void conversationsInView().then((inView) => {
      const found = announcementsOf(news, before, { operatorId, inView });
      if (found.length > 0) show(found);
    });
  }, [conversations, notices, operatorId, show]);
}

/** Tells the other tabs which conversation is in view here. */
function useInView(): void {
  const isVisible = usePageVisible();
  const isInbox = usePathname() === "/app";
  const conversationId = useSearchParams().get("conversation");
  const shown = isVisible && isInbox ? conversationId : null;
  useEffect(() => {
    if (shown === null) return;
    return hold(IN_VIEW + shown, "shared");
  }, [shown]);
}

async function conversationsInView(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  const names = held.flatMap(({ name }) => (name?.startsWith(IN_VIEW) ? [name] : []));
  return new Set(names.map((name) => name.slice(IN_VIEW.length)));
}

/** Whether this tab has the lock, which it waits for as long as it is mounted. */
function useLock(name: string): boolean {
  const [isOurs, setIsOurs] = useState(false);
  useEffect(() => {
    const release = hold(name, "exclusive", () => setIsOurs(true));
    return () => {
      release();
      setIsOurs(false);
    };
  }, [name]);
  return isOurs;
}

/** Takes the lock when it is free. Returns what gives it back, or up. */
function hold(name: string, mode: LockMode, onHeld?: () => void): () => void {
  const waiting = new AbortController();
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  navigator.locks
    .request(name, { mode, signal: waiting.signal }, () => {
      onHeld?.();
      return held;
    })
    // Given up before it was free.
    .catch(() => undefined);
  return () => {
    waiting.abort();
    release?.();
  };
}

function announce({ conversationId, title, body }: Announcement, follow: () => void): void {
  let shown: Notification;
  try {
    shown = new Notification(title, { body, tag: `praxtalk:${conversationId}`, silent: true });
  } catch {
    // Browsers of phones know the constructor and refuse it.
    return;
  }
  shown.addEventListener("click", () => {
    window.focus();
    follow();
    shown.close();
  });
}

function useShow(isLoud: boolean): (announcements: readonly Announcement[]) => void {
  const router = useRouter();
  const sound = useRef<Sound | null>(null);
  useEffect(
    () => () => {
      sound.current?.end();
      sound.current = null;
    },
    [],
  );
  const latest = useRef<(announcements: readonly Announcement[]) => void>(() => undefined);
  useEffect(() => {
    latest.current = (announcements) => {
      for (const each of announcements) announce(each, () => router.push(each.link));
      if (!isLoud) return;
      sound.current ??= new Sound();
      sound.current.play();
    };
  }, [router, isLoud]);
  const [show] = useState(() => (announcements: readonly Announcement[]) => latest.current(announcements));
  return show;
}
