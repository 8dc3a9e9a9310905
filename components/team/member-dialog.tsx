"use client";

import { useState } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useSubmission } from "@/components/hooks/use-submission";
import { useSetBrandAccess, useSetRole, type Member } from "@/components/hooks/use-team";
import { useSession } from "@/components/session/session-provider";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { grantableRoles } from "./access";
import { AccessFields, brandsError, type Access } from "./access-fields";

type MemberDialogProps = { member: Member; brands: readonly Brand[]; onClose: () => void };

/** What a colleague may do, and for which brands. */
export function MemberDialog({ member, brands, onClose }: MemberDialogProps) {
  const { operator } = useSession();
  const setRole = useSetRole();
  const setBrandAccess = useSetBrandAccess();
  const [access, setAccess] = useState<Access>({ role: member.role, brandAccess: member.brandAccess });
  const [wrongBrands, setWrongBrands] = useState<string | null>(null);
  const { busy, refusal, submit } = useSubmission();

  function save() {
    const wrong = brandsError(access);
    setWrongBrands(wrong);
    if (wrong !== null) return;
    const { role, brandAccess } = access;
    void submit(async () => {
      // The role comes first: it decides whether brands can be limited. What is so already changes nothing.
      await setRole({ operatorId: member._id, role });
      if (role !== "owner") await setBrandAccess({ operatorId: member._id, brandAccess });
      onClose();
    });
  }

  return (
    <Dialog onClose={onClose} title={member.name}>
      <DialogForm
        busy={busy}
        refusal={refusal?.message ?? null}
        action="Save"
        busyWord="Saving"
        onSubmit={save}
        onCancel={onClose}
      >
        <AccessFields
          roles={grantableRoles(operator)}
          brands={brands}
          value={access}
          onChange={setAccess}
          error={wrongBrands}
        />
      </DialogForm>
    </Dialog>
  );
}
