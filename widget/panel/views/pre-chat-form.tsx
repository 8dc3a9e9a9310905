import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Actions } from "../controller";
import { FORM_FIELDS, type FormField, type FormInput } from "../form-fields";
import type { FormView } from "../state";
import { texts } from "../texts";
import { Icon } from "./icon";
import { type FieldProps, PhoneField } from "./phone-field";

type Props = { view: FormView; welcomeMessage: string; actions: Actions };

/** The first visit's form. The fields hold what is typed; the state holds what is wrong with it. */
export function PreChatForm({ view, welcomeMessage, actions }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const wasSubmitted = useRef(false);
  const { errors, initial } = view;
  const isBusy = view.status !== "editing";
  const notice = view.status === "waiting" ? texts.waitingToStart : view.notice;

  useEffect(() => {
    const wrong = FORM_FIELDS.find((field) => errors[field]);
    if (wasSubmitted.current && wrong) namedField(form.current, wrong)?.focus();
    if (!isBusy) wasSubmitted.current = false;
  }, [errors, isBusy]);

  const check = (field: FormField): void => {
    if (form.current) actions.checkField(field, readInput(form.current));
  };
  const fieldProps = (field: FormField): FieldProps => ({
    name: field,
    id: field,
    defaultValue: initial[field] ?? "",
    readOnly: isBusy,
    required: true,
    "aria-invalid": errors[field] !== undefined,
    "aria-describedby": errors[field] ? `${field}-error` : undefined,
    // Checked on leaving the field; while it is being corrected, on each key.
    onBlur: () => {
      if (namedField(form.current, field)?.value && !isBusy) check(field);
    },
    onInput: () => {
      if (errors[field] !== undefined) check(field);
    },
  });
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
        <Field field="name" label={texts.name} error={errors.name}>
          <input type="text" autocomplete="name" {...fieldProps("name")} />
        </Field>
        <Field field="email" label={texts.email} error={errors.email}>
          <input type="email" autocomplete="email" inputMode="email" {...fieldProps("email")} />
        </Field>
        <Field field="phone" label={texts.phone} error={errors.phone}>
          <PhoneField key={initial.phone} inputProps={fieldProps("phone")} isBusy={isBusy} />
        </Field>
        <Field field="message" label={texts.message} error={errors.message}>
          <textarea rows={3} placeholder={texts.messagePlaceholder} {...fieldProps("message")} />
        </Field>
      </div>
      <div class="submit">
        <p role="status" class={notice ? "notice-line" : ""}>
          {notice && <Icon name={view.status === "waiting" ? "offline" : "warning"} />}
          {notice}
        </p>
        <button type="submit" class="primary" aria-busy={isBusy}>
          {isBusy ? texts.starting : texts.startChat}
        </button>
      </div>
    </form>
  );
}

type LabelledProps = {
  field: FormField;
  label: string;
  error: string | undefined;
  children: ComponentChildren;
};

function Field({ field, label, error, children }: LabelledProps) {
  return (
    <div class="field">
      <label for={field}>{label}</label>
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
  };
}
