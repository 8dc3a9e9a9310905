import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { FieldMode } from "../../../lib/widget-settings";
import type { WidgetConfig } from "../../shared/types";
import type { Actions } from "../actions";
import { FORM_FIELDS, type FormField, type FormInput } from "../form-fields";
import type { FormView } from "../state";
import { Away } from "./away";
import { Icon } from "./icon";
import { type FieldProps, PhoneField } from "./phone-field";
import { useTexts } from "./texts-context";

type Props = { view: FormView; config: WidgetConfig; actions: Actions };

/** The first visit's form. The fields hold what is typed; the state holds what is wrong with it. */
export function PreChatForm({ view, config, actions }: Props) {
  const texts = useTexts();
  const { welcomeMessage, consent, form: asked } = config;
  const form = useRef<HTMLFormElement>(null);
  const wasSubmitted = useRef(false);
  const { errors, initial } = view;
  const isBusy = view.status !== "editing";
  const notice = view.status === "waiting" ? texts.offline : view.notice;

  useEffect(() => {
    const wrong = FORM_FIELDS.find((field) => errors[field]);
    if (wasSubmitted.current && wrong) namedField(form.current, wrong)?.focus();
    if (!isBusy) wasSubmitted.current = false;
  }, [errors, isBusy]);

  // Whatever was in it has gone out by now: who is told to send again must not fail by it twice.
  useEffect(() => {
    const trap = namedField(form.current, "topic");
    if (isBusy && trap) trap.value = "";
  }, [isBusy]);

  const check = (field: FormField): void => {
    if (form.current) actions.checkField(field, readInput(form.current));
  };
  const fieldProps = (field: FormField): FieldProps => ({
    name: field,
    id: field,
    defaultValue: initial[field] ?? "",
    readOnly: isBusy,
    required: field === "message" || asked[field] === "required",
    "aria-invalid": errors[field] !== undefined,
    // A field's note that it may stay empty is there or not; a reference to nothing is ignored.
    "aria-describedby": errors[field] ? `${field}-error` : `${field}-mode`,
    // Checked on leaving the field; while it is being corrected, on each key.
    onBlur: () => {
      if (namedField(form.current, field)?.value && !isBusy) check(field);
    },
    onInput: () => {
      if (errors[field] !== undefined) check(field);
    },
  });
  // By the button too: in a frame that may not send forms the browser asks no form.
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    wasSubmitted.current = true;
    if (form.current) actions.submitForm(readInput(form.current));
  };

  return (
    <form ref={form} class="form" noValidate onSubmit={onSubmit}>
      <div class="fields">
        <p class={welcomeMessage.length > 90 ? "lead long" : "lead"}>
          <bdi>{welcomeMessage || texts.formLead}</bdi>
        </p>
        <Away hours={config.businessHours} />
        {asked.name !== "off" && (
          <Field field="name" label={texts.name} mode={asked.name} error={errors.name}>
            <input type="text" autocomplete="name" {...fieldProps("name")} />
          </Field>
        )}
        {asked.email !== "off" && (
          <Field field="email" label={texts.email} mode={asked.email} error={errors.email}>
            <input type="email" autocomplete="email" inputMode="email" {...fieldProps("email")} />
          </Field>
        )}
        {asked.phone !== "off" && (
          <Field field="phone" label={texts.phone} mode={asked.phone} error={errors.phone}>
            <PhoneField key={initial.phone} inputProps={fieldProps("phone")} isBusy={isBusy} />
          </Field>
        )}
        <Field field="message" label={texts.message} mode="required" error={errors.message}>
          <textarea rows={3} placeholder={texts.messagePlaceholder} {...fieldProps("message")} />
        </Field>
        <Trap />
      </div>
      <div class="submit">
        <p role="status" class={notice ? "notice-line" : ""}>
          {notice && <Icon name={view.status === "waiting" ? "offline" : "warning"} />}
          {notice}
        </p>
        {consent && (
          <p class="consent">
            <bdi>
              <a href={consent.url} target="_blank" rel="noopener noreferrer">
                {consent.text}
              </a>
            </bdi>
          </p>
        )}
        <button type="submit" class="primary" aria-busy={isBusy} onClick={onSubmit}>
          {isBusy ? texts.starting : texts.startChat}
        </button>
      </div>
    </form>
  );
}

/** For scripts that fill whatever there is. Nobody sees, hears or reaches it, and no password manager fills it. */
const Trap = () => (
  <input
    class="trap"
    name="topic"
    tabIndex={-1}
    aria-hidden="true"
    autocomplete="off"
    data-1p-ignore
    data-bwignore
    data-lpignore="true"
  />
);

type LabelledProps = {
  field: FormField;
  label: string;
  mode: FieldMode;
  error: string | undefined;
  children: ComponentChildren;
};

function Field({ field, label, mode, error, children }: LabelledProps) {
  const texts = useTexts();
  return (
    <div class="field">
      <div class="label">
        <label for={field}>{label}</label>
        {mode === "optional" && <span id={`${field}-mode`}>{texts.optional}</span>}
      </div>
      {children}
      {error && (
        <p class="error" id={`${field}-error`} role="alert">
          <Icon name="wrong" />
          {error}
        </p>
      )}
    </div>
  );
}

function namedField(form: HTMLFormElement | null, name: string): HTMLInputElement | null {
  return form?.querySelector<HTMLInputElement>(`[name="${name}"]`) ?? null;
}

function readInput(form: HTMLFormElement): FormInput {
  const value = (name: string): string => namedField(form, name)?.value ?? "";
  return {
    name: value("name"),
    email: value("email"),
    phone: value("phone"),
    message: value("message"),
    country: value("country"),
    topic: value("topic"),
  };
}
