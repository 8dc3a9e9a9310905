"use client";

import { useState } from "react";
import { useMakeResetLink, useResetTwoStep, type Member } from "@/components/hooks/use-team";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SecretOnce } from "@/components/ui/secret-once";
import { useSession } from "@/components/session/session-provider";
import { Dialog } from "@/components/ui/dialog";
import { RESET_MINUTES } from "@/lib/limits";

type ResetDialogProps = { member: Member; onClose: () => void };

/** A link by which a colleague sets a new password: made when asked for, and shown once. */
export function ResetPasswordDialog({ member, onClose }: ResetDialogProps) {
  const makeLink = useMakeResetLink();
  const { webUrl } = useSession();
  const [link, setLink] = useState<string | null>(null);
  if (link !== null) {
    return (
      <Dialog onClose={onClose} title={`Give this link to ${member.name}`} mustAnswer>
        <SecretOnce noun="link" secret={link} done="I have passed it on" onDone={onClose}>
          It is not shown again. Whoever opens it sets the password of {member.email}, once, within{" "}
          {RESET_MINUTES} minutes.
        </SecretOnce>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Make a link for a new password of ${member.name}?`}
      safe="Cancel"
      action="Make the link"
      busyWord="Making"
      staysOpen
      onConfirm={async () => {
        const { resetLink, resetToken } = await makeLink({ operatorId: member._id });
        setLink(resetLink ?? `${webUrl}/reset-password/${resetToken}`);
      }}
      onClose={onClose}
    >
      <p className="text-ink-2">
        With it they choose a new password, and are signed out everywhere. The old one is good until then. An
        earlier link ends.
      </p>
    </ConfirmDialog>
  );
}

/** For a colleague whose phone and recovery codes are lost. */
export function ResetTwoStepDialog({ member, onClose }: ResetDialogProps) {
  const reset = useResetTwoStep();
  return (
    <ConfirmDialog
      title={`Turn off two-step sign-in of ${member.name}?`}
      safe="Leave it on"
      action="Turn off"
      busyWord="Turning off"
      onConfirm={() => reset({ operatorId: member._id })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        From then on the password alone signs them in, until they set it up again. Be sure that it is them who
        ask.
      </p>
    </ConfirmDialog>
  );
}
