"use client";

import { useUpdateName } from "@/components/hooks/use-account";
import { useSession } from "@/components/session/session-provider";
import { TextField } from "@/components/ui/field";
import { SectionHead } from "@/components/ui/section-head";
import { checkName } from "@/lib/validation";
import { OwnForm } from "./own-form";

const CHECKS = { name: (text: string) => checkName(text) };

export function NameForm() {
  const { operator } = useSession();
  const updateName = useUpdateName();
  return (
    <section aria-labelledby="your-name">
      <SectionHead id="your-name" title="Name" hint={operator.email} />
      <OwnForm checks={CHECKS} save={updateName} action="Save name" busyWord="Saving" done="Saved.">
        {(field) => (
          <TextField
            {...field("name")}
            label="Your name"
            hint="Visitors see it beside your replies. What you wrote before keeps the name it had."
            autoComplete="name"
            defaultValue={operator.name}
          />
        )}
      </OwnForm>
    </section>
  );
}
