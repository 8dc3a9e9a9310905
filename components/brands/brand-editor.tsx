"use client";

import { useRouter } from "next/navigation";
import { useEffect, useId, useMemo, useRef, useState, type FocusEvent } from "react";
import type { Brand } from "@/components/hooks/rows";
import { BRAND_PARTS, useBrandPart, type BrandPart } from "@/components/hooks/use-brand-url";
import { useBrandEdits, useUpdateBrand, type BrandSettings } from "@/components/hooks/use-brands";
import { useSubmission } from "@/components/hooks/use-submission";
import { useWidgetPreview } from "@/components/hooks/use-widget-preview";
import { useKeys } from "@/components/keys/keys-provider";
import { KeyCaps } from "@/components/keys/key-caps";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import { TabList, tabIds } from "@/components/ui/tabs";
import { changeOf, draftOf, errorsOf, previewOf, type BrandErrors, type BrandField } from "./draft";
import { FormPart } from "./parts/form-part";
import { HoursPart } from "./parts/hours-part";
import { IdentityPart } from "./parts/identity-part";
import { InstallPart } from "./parts/install-part";
import { LookPart } from "./parts/look-part";
import { PagesPart } from "./parts/pages-part";
import { WordsPart } from "./parts/words-part";
import { Preview } from "./preview";
import { RemoveBrand } from "./remove-brand";

const WORD: Record<BrandPart, string> = {
  look: "Look",
  words: "Words",
  form: "Form and chat",
  hours: "Hours",
  pages: "Pages",
  identity: "Identity",
  install: "Install",
};

/** Where each field stands: a try to save leads to the first that is wrong. */
const PART_OF: Partial<Record<BrandField, BrandPart>> = {
  welcomeMessage: "words",
  texts: "words",
  consentText: "form",
  consentUrl: "form",
  businessHours: "hours",
  origins: "pages",
};

/** A brand's settings with their preview. What is changed stays on this computer until it is saved or discarded. */
export function BrandEditor({ brand, settings }: { brand: Brand; settings: BrandSettings }) {
  const { operator } = useSession();
  const router = useRouter();
  const saved = useMemo(() => draftOf(brand, settings), [brand, settings]);
  const { edits, draft, edit, discard } = useBrandEdits(brand._id, saved);
  const [part, setPart] = useBrandPart();
  const preview = useWidgetPreview();
  const update = useUpdateBrand();
  const { busy, refusal, submit } = useSubmission();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const tabs = useId();
  const count = Object.keys(edits).length;
  const wrong = errorsOf(draft);
  const errors = Object.fromEntries(
    Object.entries(wrong).filter(([field]) => left.has(field)),
  ) as BrandErrors;

  function save() {
    if (busy || count === 0) return;
    const [first] = Object.keys(wrong) as BrandField[];
    if (first !== undefined) {
      setLeft(new Set(Object.keys(wrong)));
      void setPart(PART_OF[first] ?? "look");
      return;
    }
    void submit(async () => {
      await update({ brandId: brand._id, ...changeOf(saved, edits) });
      discard();
      setLeft(new Set());
    });
  }
  useSaveKey(save);

  const props = { draft, errors, edit };
  return (
    <div className="grid min-h-0 min-w-0 grid-cols-[minmax(0,1fr)] grid-rows-[auto_auto_minmax(0,1fr)]">
      <EditorHead name={brand.name} count={count} busy={busy} onSave={save} onDiscard={discard} />
      <div className="overflow-x-auto px-5 max-md:px-4">
        <TabList
          name="Brand settings"
          labels={BRAND_PARTS.map((each) => WORD[each])}
          chosen={BRAND_PARTS.indexOf(part)}
          onChoose={(index) => void setPart(BRAND_PARTS[index] ?? "look")}
          id={tabs}
          className="h-10 flex-none whitespace-nowrap"
        />
      </div>
      <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] overflow-auto border-t border-line lg:grid-cols-[minmax(0,1fr)_minmax(24rem,30rem)] lg:overflow-hidden">
        <div
          role="tabpanel"
          id={tabIds(tabs, BRAND_PARTS.indexOf(part)).panel}
          aria-labelledby={tabIds(tabs, BRAND_PARTS.indexOf(part)).tab}
          onBlur={({ target }: FocusEvent<HTMLElement & { name?: string }>) => {
            const { name } = target;
            if (name) setLeft((fields) => new Set([...fields, name]));
          }}
          className="min-w-0 px-5 pt-5 pb-8 max-md:px-4 lg:min-h-0 lg:overflow-auto"
        >
          <div className="grid max-w-[640px] gap-0">
            {refusal ? (
              <div className="pb-5">
                <NoteBox kind="danger">{refusal.message}</NoteBox>
              </div>
            ) : null}
            {part === "look" ? <LookPart {...props} brandId={brand._id} /> : null}
            {part === "words" ? <WordsPart {...props} preview={preview.module} /> : null}
            {part === "form" ? <FormPart {...props} /> : null}
            {part === "hours" ? <HoursPart {...props} /> : null}
            {part === "pages" ? <PagesPart {...props} brandId={brand._id} /> : null}
            {part === "identity" ? <IdentityPart brandId={brand._id} /> : null}
            {part === "install" ? (
              <>
                <InstallPart brand={brand} />
                {operator.role === "owner" ? (
                  <RemoveBrand brand={brand} onRemoved={() => router.push("/app/brands")} />
                ) : null}
              </>
            ) : null}
          </div>
        </div>
        <div className="grid border-line max-lg:border-t lg:min-h-0 lg:border-l">
          <Preview
            brand={previewOf(draft, saved)}
            module={preview.module}
            failed={preview.status === "failed"}
          />
        </div>
      </div>
    </div>
  );
}

/** ⌘S saves, also from within a field. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  const bindings = useMemo(
    () => [{ key: "mod+s", label: "Save the brand", foot: "save", run: () => latest.current() }],
    [],
  );
  useKeys(bindings);
}

type EditorHeadProps = {
  name: string;
  /** Fields that differ from what is saved. */
  count: number;
  busy: boolean;
  onSave: () => void;
  onDiscard: () => void;
};

function EditorHead({ name, count, busy, onSave, onDiscard }: EditorHeadProps) {
  return (
    <header className="flex min-h-[var(--bar-h)] items-center gap-2 px-5 max-md:px-4">
      <h1 className="min-w-0 truncate text-17 font-strong tracking-[-0.008em]" title={name}>
        {name}
      </h1>
      <span role="status" className="ml-auto text-right text-12 text-ink-2 md:whitespace-nowrap">
        {count === 0 ? "All saved" : count === 1 ? "1 change not saved" : `${count} changes not saved`}
      </span>
      {count > 0 ? (
        <Button variant="quiet" size="sm" onClick={onDiscard}>
          Discard
        </Button>
      ) : null}
      <Button variant="main" size="sm" busy={busy} disabled={count === 0} onClick={onSave}>
        {busy ? "Saving" : "Save"}
        <span className="max-md:hidden">
          <KeyCaps of="mod+s" bare />
        </span>
      </Button>
    </header>
  );
}
