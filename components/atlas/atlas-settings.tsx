"use client";

import { numberText } from "@/components/format/formats";
import { useState, type ReactNode } from "react";
import { textOf } from "@/components/auth/submit";
import { useAtlasBrand, useAtlasCalls, useAtlasConfig, type AtlasConfig } from "@/components/hooks/use-atlas";
import type { Brand } from "@/components/hooks/rows";
import { useSession } from "@/components/session/session-provider";
import { useSubmission } from "@/components/hooks/use-submission";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { TextField, PasswordField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import { SelectField } from "@/components/ui/select-field";
import { TextArea } from "@/components/ui/text-area";
import type { AtlasBrandSettings, AtlasMode } from "@/convex/validators/atlas";
import { ATLAS_INSTRUCTIONS_MAX } from "@/lib/limits";

const MODES = [
  { value: "off", label: "Off", hint: "Atlas does nothing here." },
  { value: "draft", label: "Draft", hint: "It writes a draft for the operator, and sends nothing." },
  {
    value: "answer",
    label: "Answer",
    hint: "It answers by itself when it is sure enough, until a person joins or is asked for. Else it hands over.",
  },
] as const satisfies { value: AtlasMode; label: string; hint: string }[];

type AtlasSettingsProps = { brand: Brand; mayManage: boolean };

/** What Atlas may do in a brand, and which model and budget the workspace gives it. */
export function AtlasSettings({ brand, mayManage }: AtlasSettingsProps) {
  const { operator } = useSession();
  // Model and budget are of all brands.
  const mayManageModel = mayManage && operator.brandAccess === "all";
  const settings = useAtlasBrand(brand._id);
  const config = useAtlasConfig();
  if (settings.status === "failed" || config.status === "failed") {
    return <SectionFailed title="The settings did not load">Atlas goes on as it was set.</SectionFailed>;
  }
  if (settings.status === "loading" || config.status === "loading") {
    return <SectionLoading label="Loading settings" />;
  }
  return (
    <>
      {mayManageModel ? null : (
        <NoteBox kind="info">
          {mayManage
            ? "Model and budget are of all brands: owners and admins of all of them change these."
            : "Owners and admins change these. You see what they are."}
        </NoteBox>
      )}
      <BrandForm brand={brand} settings={settings.data} mayManage={mayManage} />
      <ModelForm config={config.data} mayManage={mayManageModel} />
      <BudgetForm config={config.data} mayManage={mayManageModel} />
    </>
  );
}

function BrandForm({ brand, settings, mayManage }: AtlasSettingsProps & { settings: AtlasBrandSettings }) {
  const { updateBrand } = useAtlasCalls();
  const [mode, setMode] = useState(settings.mode);
  return (
    <section aria-labelledby="atlas-brand" className="max-w-[620px]">
      <SectionHead id="atlas-brand" title={`In ${brand.name}`} />
      <SettingsForm
        mayManage={mayManage}
        onSave={async (data) => {
          await updateBrand({
            brandId: brand._id,
            mode,
            threshold: Number(textOf(data, "threshold")) / 100,
            instructions: textOf(data, "instructions"),
          });
        }}
      >
        {(errorOf) => (
          <>
            <ChoiceGroup legend="What Atlas does" choices={MODES} value={mode} onChange={setMode} />
            <TextField
              label="Needed confidence, %"
              name="threshold"
              type="number"
              min={0}
              max={100}
              step={1}
              defaultValue={Math.round(settings.threshold * 100)}
              className="max-w-28"
              error={errorOf("threshold")}
              hint="Computed from how well sources match and how much of the answer stands in them."
            />
            <TextArea
              label="How to speak"
              name="instructions"
              rows={4}
              defaultValue={settings.instructions}
              maxLength={ATLAS_INSTRUCTIONS_MAX}
              error={errorOf("instructions")}
              placeholder="Short and friendly. Say “we”. Never promise delivery dates."
              hint="For the model. Facts belong in the knowledge."
            />
          </>
        )}
      </SettingsForm>
    </section>
  );
}

function ModelForm({ config, mayManage }: { config: AtlasConfig; mayManage: boolean }) {
  const { setModel, removeModel } = useAtlasCalls();
  const { model } = config;
  const price = (text: string) => (text.trim() === "" ? undefined : Number(text));
  return (
    <section aria-labelledby="atlas-model" className="max-w-[620px]">
      <SectionHead
        id="atlas-model"
        title="Model"
        hint="Without one, Atlas answers with the passage itself, when the match is strong."
      />
      <SettingsForm
        mayManage={mayManage}
        onSave={async (data) => {
          const apiKey = textOf(data, "apiKey");
          const input = price(textOf(data, "inputPrice"));
          const output = price(textOf(data, "outputPrice"));
          const embeddingModel = textOf(data, "embeddingModel").trim();
          await setModel({
            protocol: textOf(data, "protocol") === "anthropic" ? "anthropic" : "openai",
            baseUrl: textOf(data, "baseUrl"),
            model: textOf(data, "model"),
            ...(apiKey === "" ? {} : { apiKey }),
            ...(embeddingModel === "" ? {} : { embeddingModel }),
            ...(input === undefined ? {} : { inputPrice: input }),
            ...(output === undefined ? {} : { outputPrice: output }),
          });
        }}
        other={model === null ? undefined : { label: "Use search alone", run: () => removeModel({}) }}
      >
        {(errorOf) => (
          <>
            <SelectField label="Protocol" name="protocol" defaultValue={model?.protocol ?? "openai"}>
              <option value="openai">OpenAI, and what is compatible with it</option>
              <option value="anthropic">Anthropic</option>
            </SelectField>
            <TextField
              label="Address"
              name="baseUrl"
              type="url"
              autoComplete="off"
              placeholder="https://api.openai.com/v1"
              defaultValue={model?.baseUrl ?? ""}
              error={errorOf("baseUrl")}
            />
            <TextField
              label="Model"
              name="model"
              autoComplete="off"
              defaultValue={model?.model ?? ""}
              error={errorOf("model")}
            />
            <PasswordField
              label="API key"
              name="apiKey"
              autoComplete="off"
              placeholder={model?.hasApiKey ? "Stored. Leave empty to keep it" : ""}
              error={errorOf("apiKey")}
              hint="Stored encrypted, and shown to nobody."
            />
            <TextField
              label="Embedding model"
              name="embeddingModel"
              autoComplete="off"
              defaultValue={model?.embeddingModel ?? ""}
              hint="Of the same address. With it, passages are found by meaning too."
            />
            <div className="grid grid-cols-2 gap-3.5">
              <TextField
                label="Price of input, $ for 1M tokens"
                name="inputPrice"
                inputMode="decimal"
                defaultValue={model?.inputPrice ?? ""}
                error={errorOf("inputPrice")}
              />
              <TextField
                label="Price of output, $ for 1M tokens"
                name="outputPrice"
                inputMode="decimal"
                defaultValue={model?.outputPrice ?? ""}
                error={errorOf("outputPrice")}
              />
            </div>
          </>
        )}
      </SettingsForm>
    </section>
  );
}

function BudgetForm({ config, mayManage }: { config: AtlasConfig; mayManage: boolean }) {
  const { setBudget } = useAtlasCalls();
  const { usedTokens, monthlyTokens, month } = config.usage;
  return (
    <section aria-labelledby="atlas-budget" className="max-w-[620px]">
      <SectionHead
        id="atlas-budget"
        title="Budget"
        hint={`${numberText(usedTokens)} of ${numberText(monthlyTokens)} tokens used in ${month} (UTC).`}
      />
      <SettingsForm
        mayManage={mayManage}
        onSave={async (data) => {
          await setBudget({ monthlyTokens: Number(textOf(data, "monthlyTokens")) });
        }}
      >
        {(errorOf) => (
          <>
            <TextField
              label="Tokens a month"
              name="monthlyTokens"
              type="number"
              min={0}
              step={1}
              defaultValue={monthlyTokens}
              className="max-w-48"
              hint="When they are used up, Atlas hands over until the month ends. 0 stops it."
              error={errorOf("monthlyTokens")}
            />
          </>
        )}
      </SettingsForm>
    </section>
  );
}

type SettingsFormProps = {
  mayManage: boolean;
  onSave: (data: FormData) => Promise<unknown>;
  /** Another thing that can be done with these settings. */
  other?: { label: string; run: () => Promise<unknown> };
  /** The fields; `errorOf` says why the server refused one. */
  children: (errorOf: (field: string) => string | null) => ReactNode;
};

/** One group of settings: saved by a button, which says so; shown to who may not change it. */
function SettingsForm({ mayManage, onSave, other, children }: SettingsFormProps) {
  const { busy, refusal, submit } = useSubmission();
  const [saved, setSaved] = useState(false);
  const errorOf = (field: string) => (refusal?.field === field ? refusal.message : null);
  const carryOut = (work: () => Promise<unknown>) =>
    void submit(async () => {
      await work();
      setSaved(true);
    });
  return (
    <form
      noValidate
      className="grid gap-3.5"
      onChange={() => setSaved(false)}
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        if (!busy) carryOut(() => onSave(data));
      }}
    >
      <fieldset disabled={!mayManage} className="grid gap-3.5">
        {refusal && refusal.field === null ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        {children(errorOf)}
      </fieldset>
      {mayManage ? (
        <div className="flex items-center gap-2">
          <Button type="submit" variant="main" busy={busy}>
            {busy ? "Saving" : "Save"}
          </Button>
          {other ? <Button onClick={() => carryOut(other.run)}>{other.label}</Button> : null}
          <span role="status" className="text-13 text-ink-2">
            {saved && !busy ? "Saved" : ""}
          </span>
        </div>
      ) : null}
    </form>
  );
}
