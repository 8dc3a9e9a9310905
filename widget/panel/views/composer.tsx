import { useLayoutEffect, useRef } from "preact/hooks";
import type { Actions } from "../actions";
import type { DraftFile } from "../draft-files";
import { explain } from "../form-fields";
import { Icon } from "./icon";
import { useTexts } from "./texts-context";

type Props = {
  draft: string;
  files: readonly DraftFile[];
  error: string | null;
  takesFiles: boolean;
  actions: Actions;
};

const MAX_HEIGHT_PX = 132;

export function Composer({ draft, files, error, takesFiles, actions }: Props) {
  const texts = useTexts();
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isComplete = files.every(({ status }) => status === "stored");
  const canSend = isComplete && (files.length > 0 || draft.trim() !== "");

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
  // By the button too: in a frame that may not send forms the browser asks no form.
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    actions.send();
    box.current?.focus();
  };

  const onPick = ({ currentTarget: input }: { currentTarget: HTMLInputElement }): void => {
    actions.addFiles([...(input.files ?? [])]);
    // Choosing the same file again is a choice too.
    input.value = "";
    box.current?.focus();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!takesFiles || pasted.length === 0) return;
    event.preventDefault();
    actions.addFiles(pasted);
  };

  return (
    <form class={takesFiles ? "composer wide" : "composer"} onSubmit={onSubmit}>
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
        onPaste={onPaste}
      />
      {takesFiles && (
        <>
          <button
            type="button"
            class="tool"
            aria-label={texts.attach}
            onClick={() => picker.current?.click()}
          >
            <Icon name="attach" />
          </button>
          <input ref={picker} type="file" multiple hidden onChange={onPick} />
        </>
      )}
      <button
        type="submit"
        class={canSend ? "send" : "send idle"}
        aria-label={texts.send}
        aria-disabled={!isComplete}
        onClick={onSubmit}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
