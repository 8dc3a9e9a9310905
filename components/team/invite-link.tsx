"use client";

import { SecretOnce } from "@/components/ui/secret-once";
import type { SentInvite } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { Dialog } from "@/components/ui/dialog";
import { INVITE_DAYS } from "@/lib/limits";

/** An invite whose link can still be shown. */
export type InviteShown = Pick<SentInvite, "inviteToken" | "inviteLink" | "isMailed"> & { email: string };

/** The link of a new invite, which nobody sees again. */
export function InviteLink({ invite, onDone }: { invite: InviteShown; onDone: () => void }) {
  const { webUrl } = useSession();
  const link = invite.inviteLink ?? `${webUrl}/invite/${invite.inviteToken}`;
  return (
    <Dialog onClose={onDone} title={`Send this link to ${invite.email}`} mustAnswer>
      <SecretOnce noun="link" secret={link} done="I have sent it" onDone={onDone}>
        {invite.isMailed ? "It was also mailed to them. " : null}It is not shown again. Whoever opens it can
        join as {invite.email}, once, within {INVITE_DAYS} days.
      </SecretOnce>
    </Dialog>
  );
}
