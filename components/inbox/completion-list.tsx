import { cn } from "@/components/ui/cn";
import type { Completion } from "./completion";

type CompletionListProps = {
  id: string;
  label: string;
  options: readonly Completion[];
  /** Index of the one that Enter takes. */
  active: number;
  onTake: (option: Completion) => void;
};

export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

/** What is offered above the text field; the field keeps the focus. */
export function CompletionList({ id, label, options, active, onTake }: CompletionListProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={label}
      className="absolute right-2 bottom-full left-2 z-[var(--z-menu)] mb-1 max-h-72 overflow-auto rounded-lg bg-raised p-1 text-13 text-ink shadow-md"
    >
      {options.map((option, index) => (
        <li
          key={option.id}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          ref={index === active ? scrollIntoView : undefined}
          // The field must not lose the focus to the list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(option)}
          className={cn(
            "grid min-h-[30px] cursor-default grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 rounded-md px-2 py-1 pointer-coarse:min-h-11",
            index === active && "bg-selected",
          )}
        >
          <span className="truncate font-medium">{option.title}</span>
          {option.end ? <span className="font-mono text-12 text-ink-3">{option.end}</span> : null}
          {option.detail ? (
            <span className="col-span-full truncate text-12 text-ink-2">{option.detail}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const scrollIntoView = (element: HTMLLIElement | null) => element?.scrollIntoView({ block: "nearest" });
