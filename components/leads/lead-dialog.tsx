"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useCreateLead, useSameLeads, useUpdateLead, type LeadRow } from "@/components/hooks/use-leads";
import { useSubmission } from "@/components/hooks/use-submission";
import { Dialog } from "@/components/ui/dialog";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { EMAIL_MAX, NAME_MAX } from "@/lib/limits";
import { checkEmail, checkName, checkPhone, type Checked } from "@/lib/validation";
import { SameLeads } from "./same-leads";

type LeadDialogProps = {
  /** Absent: a new one. */
  lead?: LeadRow;
  brands: readonly Brand[];
  onOpen: (leadId: string) => void;
  onClose: () => void;
};

type Errors = Partial<Record<"name" | "email" | "phone", string>>;

const reasonFor = (checked: Checked<string>): string | undefined => (checked.ok ? undefined : checked.reason);
const errorsOf = (name: string, email: string, phone: string): Errors => ({
  name: reasonFor(checkName(name)),
  email: email === "" ? undefined : reasonFor(checkEmail(email)),
  phone: phone === "" ? undefined : reasonFor(checkPhone(phone)),
});

/** Makes a lead or changes one; says before it is saved that the same person is there already. */
export function LeadDialog({ lead, brands, onOpen, onClose }: LeadDialogProps) {
  const createLead = useCreateLead();
  const updateLead = useUpdateLead();
  const { busy, refusal, submit } = useSubmission();
  const [errors, setErrors] = useState<Errors>({});
  const [contact, setContact] = useState({ email: lead?.email ?? "", phone: lead?.phone ?? "" });
  const same = useSameLeads(lead === undefined ? contact : { ...contact, exceptId: lead._id });

  function save(data: FormData) {
    const [name, email, phone] = [textOf(data, "name"), textOf(data, "email"), textOf(data, "phone")];
    const notes = textOf(data, "notes");
    const found = errorsOf(name, email, phone);
    setErrors(found);
    if (found.name ?? found.email ?? found.phone) return;
    void submit(async () => {
      if (lead === undefined) {
        const brandId = textOf(data, "brand");
        const given = {
          ...(email === "" ? {} : { email }),
          ...(phone === "" ? {} : { phone }),
          ...(notes === "" ? {} : { notes }),
          ...(brandId === "" ? {} : { brandId }),
        };
        const { leadId } = await createLead({ name, ...given });
        onOpen(leadId);
      } else {
        await updateLead({
          leadId: lead._id,
          name,
          email: email || null,
          phone: phone || null,
          notes: notes || null,
        });
      }
      onClose();
    });
  }

  return (
    <Dialog onClose={onClose} title={lead === undefined ? "New lead" : `Edit ${lead.name}`}>
      <DialogForm
        busy={busy}
        refusal={refusal?.message ?? null}
        action={lead === undefined ? "Create lead" : "Save"}
        busyWord="Saving"
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField
          label="Name"
          name="name"
          autoFocus
          autoComplete="off"
          maxLength={NAME_MAX}
          defaultValue={lead?.name}
          error={errors.name}
        />
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="off"
          maxLength={EMAIL_MAX}
          placeholder="name@example.com"
          defaultValue={lead?.email}
          onBlur={(event) => setContact({ ...contact, email: event.target.value })}
          error={errors.email}
        />
        <TextField
          label="Phone"
          name="phone"
          type="tel"
          autoComplete="off"
          placeholder="+44 20 7946 0958"
          defaultValue={lead?.phone}
          onBlur={(event) => setContact({ ...contact, phone: event.target.value })}
          error={errors.phone}
        />
        <TextField label="Notes" name="notes" autoComplete="off" defaultValue={lead?.notes} />
        {lead === undefined && brands.length > 1 ? (
          <SelectField label="Brand" name="brand">
            {brands.map(({ _id, name }) => (
              <option key={_id} value={_id}>
                {name}
              </option>
            ))}
          </SelectField>
        ) : null}
        <SameLeads
          leads={same.data ?? []}
          brandId={null}
          onOpen={(leadId) => {
            onOpen(leadId);
            onClose();
          }}
        />
      </DialogForm>
    </Dialog>
  );
}
