"use client";

import { ImageUp } from "lucide-react";
import { useRef } from "react";
import { useSubmission } from "@/components/hooks/use-submission";
import { useUploadLogo } from "@/components/hooks/use-brands";
import { Button } from "@/components/ui/button";
import { FieldError, TextField } from "@/components/ui/field";
import { LOGO_MAX } from "@/lib/limits";
import type { BrandDraft } from "../draft";
import type { PartProps } from "./part";

type LogoFieldProps = {
  draft: BrandDraft;
  error: string | undefined;
  edit: PartProps["edit"];
  brandId: string;
};

/** The brand's picture: a file, which is stored at once, or the address of one that lies elsewhere. */
export function LogoField({ draft: { avatarUrl }, error, edit, brandId }: LogoFieldProps) {
  const upload = useUploadLogo();
  const { busy, refusal, submit } = useSubmission();
  const picker = useRef<HTMLInputElement>(null);

  function send(file: File | undefined) {
    if (!file) return;
    void submit(async () => {
      // One that is too large is refused either way; its bytes need not travel for that.
      const bytes = await file.slice(0, LOGO_MAX + 1).arrayBuffer();
      await upload({ brandId, file: bytes });
      edit({ avatarUrl: undefined });
    });
  }

  return (
    <div className="grid gap-2">
      <TextField
        label="Picture"
        name="avatarUrl"
        type="url"
        autoComplete="off"
        placeholder="https://example.com/logo.png"
        hint="Its address, or a file: PNG, JPEG, WebP or GIF, at most 1 MB. Without one, the initials stand there."
        value={avatarUrl}
        error={error}
        onChange={(event) => edit({ avatarUrl: event.target.value })}
      />
      <div className="flex flex-wrap items-center gap-2">
        <input
          ref={picker}
          type="file"
          aria-label="Picture file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            send(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button size="sm" busy={busy} onClick={() => picker.current?.click()}>
          <ImageUp size={14} aria-hidden="true" />
          {busy ? "Uploading" : "Upload a file"}
        </Button>
        {avatarUrl === "" ? null : (
          <Button size="sm" variant="quiet" onClick={() => edit({ avatarUrl: "" })}>
            Remove the picture
          </Button>
        )}
        {refusal ? <FieldError>{refusal.message}</FieldError> : null}
      </div>
    </div>
  );
}
