"use client";

import { useState } from "react";
import { useBeginTwoStep, useConfirmTwoStep } from "@/components/hooks/use-account";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { PasswordStep } from "./password-step";
import { QrCode } from "./qr-code";

type NewSecret = { secret: string; uri: string };

type TwoStepSetupProps = { onCodes: (recoveryCodes: string[]) => void; onClose: () => void };

/** Password, then the new secret for the app and a code of it. Nothing changes before the code is right. */
export function TwoStepSetup({ onCodes, onClose }: TwoStepSetupProps) {
  const begin = useBeginTwoStep();
  const [made, setMade] = useState<NewSecret | null>(null);
  return made === null ? (
    <PasswordStep
      title="Set up two-step sign-in"
      action="Go on"
      busyWord="Checking"
      onPassword={async (password) => setMade(await begin({ password }))}
      onClose={onClose}
    >
      You need an app that makes one-time codes, on your phone or in your password manager.
    </PasswordStep>
  ) : (
    <ConfirmCode made={made} onCodes={onCodes} onClose={onClose} />
  );
}

function ConfirmCode({ made, onCodes, onClose }: TwoStepSetupProps & { made: NewSecret }) {
  const confirm = useConfirmTwoStep();
  const [code, setCode] = useState("");
  const { busy, refusal, submit } = useSubmission();
  return (
    <Dialog onClose={onClose} title="Set up two-step sign-in">
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && code !== "") void submit(async () => onCodes((await confirm({ code })).recoveryCodes));
        }}
      >
        {refusal && refusal.field !== "code" ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        <p className="text-ink-2">Scan this with the app, or type the key there.</p>
        <QrCode text={made.uri} label="QR code of the key below" />
        <code
          tabIndex={0}
          aria-label="Key"
          className="rounded-md border border-line bg-sunk px-3 py-2.5 text-12 wrap-anywhere select-all"
        >
          {made.secret}
        </code>
        <TextField
          label="Code that the app shows"
          inputMode="numeric"
          autoComplete="one-time-code"
          placeholder="123456"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          error={refusal?.field === "code" ? refusal.message : null}
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="main" busy={busy} disabled={code === ""}>
            {busy ? "Checking" : "Turn on"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
