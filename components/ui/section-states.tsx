"use client";

import { RotateCw } from "lucide-react";
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Button } from "./button";
import { EmptyState } from "./empty-state";
import { LoadingAfterDelay, SkeletonLine } from "./skeleton";

/** In the place of a section's table: there is nothing in it yet, or nothing to do with it. */
export function SectionEmpty({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="border-t border-line py-6">
      <EmptyState title={title} heading="h3" actions={actions}>
        {children}
      </EmptyState>
    </div>
  );
}

/** In the place of a section's table: the server could not list it. */
export function SectionFailed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div role="alert" className="border-t border-line py-6">
      <EmptyState
        failed
        heading="h3"
        title={title}
        actions={
          <Button onClick={() => window.location.reload()}>
            <RotateCw size={14} aria-hidden="true" />
            Load again
          </Button>
        }
      >
        {children}
      </EmptyState>
    </div>
  );
}

/** In the place of a section's table, once its rows take noticeably long. The stack of sections around it waits for it. */
export function SectionLoading({ label }: { label: string }) {
  const begin = use(PendingContext);
  useLayoutEffect(() => begin(), [begin]);
  return <LoadingLines label={label} />;
}

function LoadingLines({ label }: { label: string }) {
  return (
    <LoadingAfterDelay label={label}>
      <div className="grid gap-4 border-t border-line py-4">
        {["w-[62%]", "w-[48%]", "w-[55%]"].map((width) => (
          <SkeletonLine key={width} className={width} />
        ))}
      </div>
    </LoadingAfterDelay>
  );
}

/** Tells the stack around a section that the section still loads; returns what tells that it does no more. */
const PendingContext = createContext<() => () => void>(() => () => undefined);

/**
 * The sections of a page, one below the other, scrolled together. They appear together, once each has loaded or failed: one
 * that came earlier would be pushed down by the ones above it.
 */
export function SectionStack({ children }: { children: ReactNode }) {
  const pending = useRef(0);
  const [settled, setSettled] = useState(false);
  const begin = useCallback(() => {
    pending.current += 1;
    return () => {
      pending.current -= 1;
      if (pending.current === 0) setSettled(true);
    };
  }, []);
  useEffect(() => {
    if (pending.current === 0) setSettled(true);
  }, []);
  return (
    <PendingContext value={begin}>
      {settled ? null : (
        <div className="px-5 pt-5 max-md:px-4">
          <LoadingLines label="Loading the page" />
        </div>
      )}
      <div
        hidden={!settled}
        className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] content-start gap-8 overflow-auto px-5 pt-5 pb-8 max-md:px-4"
      >
        {children}
      </div>
    </PendingContext>
  );
}
