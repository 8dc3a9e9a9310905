"use client";

import { useState } from "react";
import { atTime } from "@/components/format/time";
import { useBrandIdentity } from "@/components/hooks/use-brands";
import { useNow } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import { SecretOnce } from "@/components/ui/secret-once";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { Dialog } from "@/components/ui/dialog";
import { NoteBox } from "@/components/ui/note-box";
import type { IdentitySettings } from "@/convex/validators/identity";
import { Group } from "./part";

const MODES = [
  { value: "off", label: "Off", hint: "Everybody writes as who they say they are." },
  {
    value: "optional",
    label: "Optional",
    hint: "Visitors whose site signs who they are see their earlier chats in every browser. Others may write too.",
  },
  { value: "required", label: "Required", hint: "Only visitors whose site signs who they are may write." },
] as const;

/** How visitors prove who they are. What is chosen here counts at once: it says who may write. */
export function IdentityPart({ brandId }: { brandId: string }) {
  const { identity, setMode, rotate, endRotation } = useBrandIdentity(brandId);
  const { busy, refusal, submit } = useSubmission();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Group
      title="Signed identities"
      hint="Your site signs a token for somebody who is logged in there. What is chosen here counts at once."
    >
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      {identity.status === "failed" ? (
        <NoteBox kind="danger">The server could not give what is set.</NoteBox>
      ) : identity.status === "loading" ? null : !identity.data.isAvailable ? (
        <NoteBox kind="info">
          Secrets are stored encrypted, and this deployment has no key for that. Set PRAXTALK_SECRET_KEY in
          its environment.
        </NoteBox>
      ) : (
        <>
          <ChoiceGroup
            legend="Identity"
            choices={MODES}
            value={identity.data.mode}
            onChange={(mode) => void submit(async () => void (await setMode({ brandId, mode })))}
          />
          <Secret
            secret={identity.data.secret}
            busy={busy}
            onRotate={() => void submit(async () => setSecret((await rotate({ brandId })).secret))}
            onEnd={() => void submit(async () => void (await endRotation({ brandId })))}
          />
        </>
      )}
      {secret === null ? null : (
        <Dialog title="Copy the secret now" mustAnswer onClose={() => setSecret(null)}>
          <SecretOnce noun="secret" secret={secret} onDone={() => setSecret(null)}>
            It is not shown again. Whoever holds it can write as any of your visitors, so it belongs on your
            server and never in a page.
          </SecretOnce>
        </Dialog>
      )}
    </Group>
  );
}

type SecretProps = {
  secret: IdentitySettings["secret"];
  busy: boolean;
  onRotate: () => void;
  onEnd: () => void;
};

function Secret({ secret, busy, onRotate, onEnd }: SecretProps) {
  const now = useNow();
  const until = secret?.previousUntil ?? null;
  return (
    <div className="grid gap-2 text-13">
      <h3 className="font-medium">Secret</h3>
      <p className="text-ink-2">
        {secret === null ? (
          "None yet. Make one first: without it, no identity can be checked."
        ) : (
          <>
            <code>{secret.preview}…</code>
            {until === null ? null : <> The one before counts too and ends {atTime(until, { now })}.</>}
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" busy={busy} onClick={onRotate}>
          {secret === null ? "Make a secret" : "Make a new secret"}
        </Button>
        {until === null ? null : (
          <Button size="sm" variant="quiet" busy={busy} onClick={onEnd}>
            End the one before now
          </Button>
        )}
      </div>
    </div>
  );
}
