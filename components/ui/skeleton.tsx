"use client";

import { useEffect, useState, type ReactNode } from "react";
import { cn } from "./cn";

/** Milliseconds of waiting before a skeleton shows: shorter waits should not flicker. */
const DELAY_MS = 300;

/** Shows its children only once loading has lasted long enough to be noticed. */
export function LoadingAfterDelay({ label, children }: { label: string; children: ReactNode }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-busy="true" aria-label={label}>
      {shown ? children : null}
    </div>
  );
}

export function SkeletonLine({ className }: { className?: string }) {
  return <span className={cn("block h-2.5 rounded-sm bg-active", className)} />;
}
