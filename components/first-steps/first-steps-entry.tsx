"use client";

import { ListChecks } from "lucide-react";
import { useState } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useDismissFirstSteps, useFirstSteps } from "@/components/hooks/use-first-steps";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { toastFailure, toastWithUndo } from "@/components/ui/toaster";
import { Tooltip } from "@/components/ui/tooltip";
import { FirstStepList, progressOf } from "./first-step-list";

/** A small entry of the sidebar until all first steps are done or nobody wants to see them. */
export function FirstStepsEntry() {
  const steps = useFirstSteps();
  const dismiss = useDismissFirstSteps();
  const [open, setOpen] = useState(false);
  if (steps === null) return null;

  const set = (dismissed: boolean) =>
    dismiss({ dismissed }).catch((error: unknown) => toastFailure(reasonOf(error)));
  return (
    <>
      <Tooltip content={`First steps, ${progressOf(steps)}`} side="right">
        <Button
          variant="quiet"
          className="w-full justify-start px-2 max-lg:justify-center"
          onClick={() => setOpen(true)}
        >
          <ListChecks size={16} aria-hidden="true" />
          <span className="max-lg:sr-only">First steps</span>
          <span className="ml-auto text-12 font-normal text-ink-3 max-lg:sr-only">{progressOf(steps)}</span>
        </Button>
      </Tooltip>
      {open ? (
        <Dialog title="First steps" onClose={() => setOpen(false)}>
          <div className="grid gap-4">
            <FirstStepList steps={steps} onFollow={() => setOpen(false)} />
            <div className="flex justify-end gap-2">
              <Button
                variant="quiet"
                onClick={() => {
                  setOpen(false);
                  void set(true).then(() => toastWithUndo("First steps hidden.", () => void set(false)));
                }}
              >
                Hide for everyone
              </Button>
              <Button onClick={() => setOpen(false)}>Close</Button>
            </div>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
