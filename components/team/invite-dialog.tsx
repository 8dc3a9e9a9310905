"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useSubmission } from "@/components/hooks/use-submission";
import { useSendInvite } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { EMAIL_MAX, NAME_MAX } from "@/lib/limits";
import { checkEmail } from "@/lib/validation";
import { AccessFields, brandsError, type Access } from "./access-fields";
import { InviteLink, type InviteShown } from "./invite-link";

const ROLES = ["agent", "admin"] as const;

type InviteDialogProps = { brands: readonly Brand[]; onClose: () => void };

/** Invites somebody, then shows the link: once, until the person says that it is sent. */
export function InviteDialog({ brands, onClose }: InviteDialogProps) {
  const [shown, setShown] = useState<InviteShown | null>(null);
  return shown === null ? (
    <Dialog onClose={onClose} title="Invite somebody">
      <InviteForm brands={brands} onSent={setShown} onCancel={onClose} />
    </Dialog>
  ) : (
    <InviteLink invite={shown} onDone={onClose} />
  );
}

type InviteFormProps = {
  brands: readonly Brand[];
  onSent: (invite: InviteShown) => void;
  onCancel: () => void;
};

function InviteForm({ brands, onSent, onCancel }: InviteFormProps) {
  const sendInvite = useSendInvite();
  const { operator } = useSession();
  const [access, setAccess] = useState<Access<(typeof ROLES)[number]>>({
    role: "agent",
    brandAccess: operator.brandAccess,
  });
  const [emailError, setEmailError] = useState<string | null>(null);
  const [wrongBrands, setWrongBrands] = useState<string | null>(null);
  const { busy, refusal, submit } = useSubmission();

  function send(data: FormData) {
    const email = checkEmail(textOf(data, "email"));
    const brandsWrong = brandsError(access);
    setEmailError(email.ok ? null : email.reason);
    setWrongBrands(brandsWrong);
    if (!email.ok || brandsWrong !== null) return;
    const name = textOf(data, "name").trim();
    void submit(async () => {
      const sent = await sendInvite({ email: email.value, ...(name === "" ? {} : { name }), ...access });
      onSent({ email: email.value, ...sent });
    });
  }

  return (
    <DialogForm
      busy={busy}
      refusal={refusal === null || refusal.field === "email" ? null : refusal.message}
      action="Invite"
      busyWord="Inviting"
      onSubmit={send}
      onCancel={onCancel}
    >
      <TextField
        label="Email"
        name="email"
        type="email"
        autoFocus
        autoComplete="off"
        maxLength={EMAIL_MAX}
        placeholder="name@example.com"
        error={emailError ?? (refusal?.field === "email" ? refusal.message : null)}
      />
      <TextField
        label="Name (optional)"
        name="name"
        autoComplete="off"
        maxLength={NAME_MAX}
        hint="They can change it when they join."
      />
      <AccessFields roles={ROLES} brands={brands} value={access} onChange={setAccess} error={wrongBrands} />
    </DialogForm>
  );
}
