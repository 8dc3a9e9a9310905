"use client";

import { useState } from "react";
import { useRenameWorkspace, useWorkspace } from "@/components/hooks/use-settings";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { SectionHead } from "@/components/ui/section-head";
import { NAME_MAX } from "@/lib/limits";

/** The workspace's name, as everybody in it sees it. */
export function WorkspaceName() {
  const { data } = useWorkspace();
  return (
    <section aria-labelledby="workspace">
      <SectionHead id="workspace" title="Workspace" />
      {data ? <NameForm key={data.name} name={data.name} /> : null}
    </section>
  );
}

function NameForm({ name }: { name: string }) {
  const [typed, setTyped] = useState(name);
  const rename = useRenameWorkspace();
  const { busy, refusal, submit } = useSubmission();
  return (
    <form
      noValidate
      className="grid max-w-[44ch] justify-items-start gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit(async () => void (await rename({ name: typed })));
      }}
    >
      <div className="w-full">
        <TextField
          label="Workspace name"
          hint="Your team sees it. Visitors see the names of brands."
          error={refusal?.message}
          value={typed}
          maxLength={NAME_MAX}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Button type="submit" busy={busy}>
        {busy ? "Renaming" : "Rename"}
      </Button>
    </form>
  );
}
