"use client";

import { useState } from "react";
import { textOf } from "@/components/auth/submit";
import type { Brand } from "@/components/hooks/rows";
import { useSubmission } from "@/components/hooks/use-submission";
import { CheckGroup } from "@/components/ui/check-group";
import { DialogForm } from "@/components/ui/dialog-form";
import { TextField } from "@/components/ui/field";
import type { EventType } from "@/convex/validators";
import { BrandField } from "../brand-field";
import { EVENT_CHOICES } from "./endpoint-text";
import { urlProblem } from "./url-text";

export type EndpointValues = { url: string; events: EventType[]; brandId: string | null };

type EndpointFormProps = {
  initial: EndpointValues;
  brands: readonly Brand[];
  /** Plain http and addresses of this network are allowed on this deployment. */
  mayBePrivate: boolean;
  action: string;
  busyWord: string;
  onSubmit: (values: EndpointValues) => Promise<void>;
  onCancel: () => void;
};

const choices = EVENT_CHOICES.map(({ value, hint }) => ({ value, hint, label: <code>{value}</code> }));

/** Where to send, what, and of which brand. */
export function EndpointForm(props: EndpointFormProps) {
  const { initial, brands, mayBePrivate, action, busyWord, onSubmit, onCancel } = props;
  const { busy, refusal, submit } = useSubmission();
  const [url, setUrl] = useState(initial.url);
  const [events, setEvents] = useState<readonly EventType[]>(initial.events);
  const [urlError, setUrlError] = useState<string | null>(null);
  const [eventsError, setEventsError] = useState<string | null>(null);
  const atUrl = refusal?.field === "url" ? refusal.message : null;

  function send(data: FormData) {
    const problem = urlProblem(url, mayBePrivate);
    setUrlError(problem);
    setEventsError(events.length === 0 ? "Choose at least one event." : null);
    if (problem !== null || events.length === 0) return;
    const brand = textOf(data, "brand");
    void submit(() =>
      onSubmit({ url: url.trim(), events: [...events], brandId: brand === "" ? null : brand }),
    );
  }

  return (
    <DialogForm
      busy={busy}
      refusal={atUrl === null ? (refusal?.message ?? null) : null}
      action={action}
      busyWord={busyWord}
      onSubmit={send}
      onCancel={onCancel}
    >
      <TextField
        label="Endpoint URL"
        type="url"
        inputMode="url"
        autoFocus
        autoComplete="off"
        spellCheck={false}
        placeholder="https://"
        hint="It must answer with 2xx within 15 seconds."
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        onBlur={() => {
          if (url.trim() !== "") setUrlError(urlProblem(url, mayBePrivate));
        }}
        error={urlError ?? atUrl}
      />
      <CheckGroup
        legend="Events"
        choices={choices}
        values={events}
        onChange={(next) => {
          setEvents(next);
          if (next.length > 0) setEventsError(null);
        }}
        error={eventsError}
      />
      <BrandField
        brands={brands}
        initial={initial.brandId}
        hint="It gets the events of this brand, and none of the others."
      />
    </DialogForm>
  );
}
