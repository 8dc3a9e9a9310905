"use client";

import { useState } from "react";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { reasonOf } from "@/components/hooks/refusals";
import type { Brand } from "@/components/hooks/rows";
import { useInvites, useRevokeInvite, useSendInvite, type Invite } from "@/components/hooks/use-team";
import { SectionHead } from "@/components/ui/section-head";
import { toastFailure } from "@/components/ui/toaster";
import { InviteLink, type InviteShown } from "./invite-link";
import { InviteTable } from "./invite-table";

/** Pending invites. Revoking acts at once: another can be made with the same words. */
export function Invites({ brands }: { brands: readonly Brand[] }) {
  const invites = useInvites(true);
  const send = useSendInvite();
  const revoke = useRevokeInvite();
  const [shown, setShown] = useState<InviteShown | null>(null);

  async function renew({ email, name, role, brandAccess }: Invite) {
    try {
      setShown({ email, ...(await send({ email, name, role, brandAccess })) });
    } catch (error) {
      toastFailure(reasonOf(error));
    }
  }

  return (
    <section aria-labelledby="invites">
      <SectionHead id="invites" title="Invites" hint="A new link for somebody ends the one before." />
      {invites.status === "failed" ? (
        <SectionFailed title="The invites did not load">
          The server could not list them. Links that were sent stay good.
        </SectionFailed>
      ) : invites.status === "loading" ? (
        <SectionLoading label="Loading invites" />
      ) : invites.data.length === 0 ? (
        <SectionEmpty title="Nobody is invited">
          Everybody who was invited has joined. Invite a colleague to answer with you.
        </SectionEmpty>
      ) : (
        <InviteTable
          invites={invites.data}
          brands={brands}
          onRenew={(invite) => void renew(invite)}
          onRevoke={({ _id }) => {
            revoke({ inviteId: _id }).catch((error: unknown) => toastFailure(reasonOf(error)));
          }}
        />
      )}
      {shown ? <InviteLink invite={shown} onDone={() => setShown(null)} /> : null}
    </section>
  );
}
