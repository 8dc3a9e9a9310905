import { useRef, useState } from "preact/hooks";
import { checkEmail } from "../../../lib/validation";
import type { Actions } from "../actions";
import { explain } from "../form-fields";
import { Icon } from "./icon";
import { useTexts } from "./texts-context";

/** Asks for an email, so that the answer can reach somebody who has gone by then. */
export function LeaveEmail({ actions }: { actions: Actions }) {
  const texts = useTexts();
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  // By the button too: in a frame that may not send forms the browser asks no form.
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const typed = input.current?.value ?? "";
    const checked = checkEmail(typed);
    setError(checked.ok ? null : explain("email", typed, checked.reason, texts));
    if (checked.ok) actions.leaveEmail(checked.value);
    // What has been answered goes away, and must not take the focus along.
    const next = checked.ok ? input.current?.closest(".panel")?.querySelector("textarea") : input.current;
    next?.focus();
  };

  return (
    <form class="leave field" noValidate onSubmit={onSubmit}>
      <label for="leave-email">{texts.emailForAnswer}</label>
      <div>
        <input
          ref={input}
          id="leave-email"
          type="email"
          autocomplete="email"
          inputMode="email"
          required
          aria-invalid={error !== null}
          aria-describedby="leave-email-error"
        />
        <button type="submit" class="primary" onClick={onSubmit}>
          {texts.leaveEmail}
        </button>
      </div>
      {error && (
        <p class="error" id="leave-email-error" role="alert">
          <Icon name="wrong" />
          {error}
        </p>
      )}
    </form>
  );
}
