"use client";

import { Check } from "lucide-react";
import { useState } from "react";
import { fullTime, timeOrDate } from "@/components/format/time";
import { useDisableTwoStep, useRenewRecoveryCodes, useTwoStep } from "@/components/hooks/use-account";
import { useNow } from "@/components/hooks/use-now";
import { SecretOnce } from "@/components/ui/secret-once";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SectionHead } from "@/components/ui/section-head";
import { PasswordStep } from "./password-step";
import { TwoStepSetup } from "./two-step-setup";

type Open = "set up" | "renew" | "turn off" | { recoveryCodes: string[] };

/** A code from the operator's phone beside the password: whether it is asked for, and what opens the door without it. */
export function TwoStep() {
  const status = useTwoStep();
  const renew = useRenewRecoveryCodes();
  const disable = useDisableTwoStep();
  const now = useNow();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const showCodes = (recoveryCodes: string[]) => setOpen({ recoveryCodes });

  return (
    <section aria-labelledby="two-step">
      <SectionHead
        id="two-step"
        title="Two-step sign-in"
        hint="Besides the password, a code from an app on your phone."
      />
      {status.status === "failed" ? (
        <SectionFailed title="This did not load">
          The server could not tell. Nothing has changed.
        </SectionFailed>
      ) : status.status === "loading" ? (
        <SectionLoading label="Loading two-step sign-in" />
      ) : !status.data.isAvailable ? (
        <p className="text-13 text-ink-2">
          Not available: the server has no PRAXTALK_SECRET_KEY to keep its secrets with.
        </p>
      ) : status.data.since === null ? (
        <Button onClick={() => setOpen("set up")}>Set up</Button>
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-13">
          <Badge kind="ok" Icon={Check}>
            On
          </Badge>
          <span className="text-ink-2">
            Since <time title={fullTime(status.data.since)}>{timeOrDate(status.data.since, { now })}</time>.{" "}
            {status.data.recoveryCodesLeft} recovery codes left.
          </span>
          <Button size="sm" onClick={() => setOpen("renew")}>
            New recovery codes
          </Button>
          <Button size="sm" onClick={() => setOpen("turn off")}>
            Turn off
          </Button>
        </div>
      )}
      {open === "set up" ? <TwoStepSetup onCodes={showCodes} onClose={close} /> : null}
      {open === "renew" ? (
        <PasswordStep
          title="New recovery codes"
          action="Make new codes"
          busyWord="Making"
          onPassword={async (password) => showCodes((await renew({ password })).recoveryCodes)}
          onClose={close}
        >
          The ones that you have now end.
        </PasswordStep>
      ) : null}
      {open === "turn off" ? (
        <PasswordStep
          title="Turn off two-step sign-in?"
          action="Turn off"
          busyWord="Turning off"
          onPassword={async (password) => {
            await disable({ password });
            close();
          }}
          onClose={close}
        >
          From then on your password alone signs you in.
        </PasswordStep>
      ) : null}
      {open !== null && typeof open === "object" ? (
        <Dialog onClose={close} title="Store your recovery codes" mustAnswer>
          <SecretOnce noun="recovery codes" secret={open.recoveryCodes.join("\n")} onDone={close}>
            Each signs you in once when the phone is not at hand. They are not shown again.
          </SecretOnce>
        </Dialog>
      ) : null}
    </section>
  );
}
