import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon";
import { useTexts } from "./texts-context";

export type MenuItem = { label: string; run: () => void };

/** A button that shows further ones below it until one is chosen, Escape is pressed or the focus goes elsewhere. */
export function Menu({ items }: { items: readonly MenuItem[] }) {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (isOpen) menu.current?.querySelector<HTMLElement>(".items button")?.focus();
  }, [isOpen]);

  const leave = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen) return;
    // The panel stays open.
    event.stopPropagation();
    leave();
  };
  const onFocusOut = ({ relatedTarget }: FocusEvent): void => {
    if (!menu.current?.contains(relatedTarget as Node | null)) setOpen(false);
  };

  return (
    <div ref={menu} class="menu" onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
      <button
        ref={button}
        type="button"
        class="tool"
        aria-label={texts.options}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="options" />
      </button>
      {isOpen && (
        <div class="items">
          {items.map(({ label, run }) => (
            <button
              key={label}
              type="button"
              onClick={() => {
                leave();
                run();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
