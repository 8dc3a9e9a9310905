"use client";

import { useCallback, useState } from "react";
import { readError } from "@/lib/errors";
import { reasonOf } from "./refusals";

/** Why the server refused: to be shown at the named field, or above the form. */
export type SubmitRefusal = { message: string; field: string | null };

export type Submission = {
  busy: boolean;
  refusal: SubmitRefusal | null;
  submit: (work: () => Promise<void>) => Promise<void>;
};

/** What a form or a button runs: whether it is under way, and why the last try was refused. */
export function useSubmission(): Submission {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<SubmitRefusal | null>(null);
  const submit = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      setRefusal({ message: reasonOf(error), field: readError(error)?.field ?? null });
    }
    setBusy(false);
  }, []);
  return { busy, refusal, submit };
}
