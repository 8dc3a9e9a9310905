import { useLayoutEffect, useRef } from "preact/hooks";
import type { Actions } from "../controller";
import { explain } from "../form-fields";
import { Icon } from "./icon";
import { useTexts } from "./texts-context";

type Props = { draft: string; error: string | null; actions: Actions };

const MAX_HEIGHT_PX = 132;

export function Composer({ draft, error, actions }: Props) {
  const texts = useTexts();
  const box = useRef<HTMLTextAreaElement>(null);

  // The box grows with its text up to a limit, then scrolls.
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [draft]);

  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also ends the input of a composed character, and 229 is how Safari says so; that one does not send.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    actions.send();
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    actions.send();
    box.current?.focus();
  };

  return (
    <form class="composer" onSubmit={onSubmit}>
      {error && (
        <p class="error" id="composer-error" role="alert">
          <Icon name="wrong" />
          {explain("message", draft, error, texts)}
        </p>
      )}
      <textarea
        ref={box}
        rows={1}
        aria-label={texts.message}
        aria-invalid={error !== null}
        aria-describedby={error ? "composer-error" : undefined}
        placeholder={texts.composerPlaceholder}
        enterkeyhint="send"
        value={draft}
        onInput={(event) => actions.changeDraft(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class={draft.trim() === "" ? "send idle" : "send"} aria-label={texts.send}>
        <Icon name="send" />
      </button>
    </form>
  );
}
