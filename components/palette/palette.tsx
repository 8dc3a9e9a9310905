"use client";

import { Search } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { KeyCaps } from "@/components/keys/key-caps";
import { cn } from "@/components/ui/cn";
import { TopDialog } from "@/components/ui/dialog";
import { MarkedText } from "@/components/ui/marked-text";
import { SEARCH_QUERY_MAX } from "@/lib/limits";
import { stepItem, type PaletteGroup, type PaletteItem } from "./palette-items";
import { usePaletteGroups } from "./use-palette-groups";

/** Everything that can be done and gone to from here, by its name. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const chosen = useRef<PaletteItem | null>(null);
  return (
    <TopDialog
      open={open}
      onClose={onClose}
      title="Command palette"
      onClosed={() => {
        const item = chosen.current;
        chosen.current = null;
        item?.run();
      }}
    >
      <PaletteContent
        onChoose={(item) => {
          chosen.current = item;
          onClose();
        }}
      />
    </TopDialog>
  );
}

function PaletteContent({ onChoose }: { onChoose: (item: PaletteItem) => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { groups, searching } = usePaletteGroups(text);
  const id = useId();
  const items = groups.flatMap((group) => group.items);
  // Results that arrive later may leave fewer than were there.
  const current = Math.min(at, Math.max(0, items.length - 1));
  const optionId = (index: number) => `${id}-option-${index}`;

  function move(step: 1 | -1) {
    const next = stepItem(current, step, items.length);
    setAt(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const item = items[current];
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && item) onChoose(item);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex flex-none items-center gap-2 border-b border-line px-4">
        <Search size={16} aria-hidden="true" className="flex-none text-ink-3" />
        <input
          role="combobox"
          aria-label="Search or jump"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={items.length > 0 ? optionId(current) : undefined}
          placeholder="What to do, or where to go"
          autoComplete="off"
          value={text}
          maxLength={SEARCH_QUERY_MAX}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-15 outline-none max-md:text-[1rem]"
        />
        <KeyCaps of="Escape" />
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Commands"
        className="min-h-0 flex-1 overflow-auto p-1.5"
      >
        {withPlaces(groups).map(({ name, items: placed }, index) => (
          <div key={name} role="group" aria-labelledby={`${id}-group-${index}`}>
            <div
              id={`${id}-group-${index}`}
              role="presentation"
              className="px-2 pt-2 pb-1 text-12 text-ink-3"
            >
              {name}
            </div>
            {placed.map(({ item, place }) => (
              <Option
                key={item.id}
                id={optionId(place)}
                item={item}
                current={place === current}
                onPoint={() => setAt(place)}
                onChoose={() => onChoose(item)}
              />
            ))}
          </div>
        ))}
      </div>
      {items.length === 0 ? (
        <p role="status" className="px-4 pb-4 text-13 text-ink-2">
          {searching ? "Searching" : `Nothing here is called “${text.trim()}”.`}
        </p>
      ) : null}
    </>
  );
}

/** The groups with the place of each item among all. */
function withPlaces(groups: readonly PaletteGroup[]) {
  let place = 0;
  return groups.map(({ name, items }) => ({ name, items: items.map((item) => ({ item, place: place++ })) }));
}

type OptionProps = {
  id: string;
  item: PaletteItem;
  current: boolean;
  onPoint: () => void;
  onChoose: () => void;
};

function Option({ id, item, current, onPoint, onChoose }: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={current}
      onPointerMove={onPoint}
      onClick={onChoose}
      className={cn(
        "flex min-h-[30px] cursor-default items-center gap-3 rounded-md px-2 text-13 pointer-coarse:min-h-11",
        current && "bg-selected",
      )}
    >
      <span className="min-w-0 flex-1 truncate" title={item.label}>
        <MarkedText text={item.label} hits={item.hits} />
      </span>
      {item.end ? (
        <span className="flex flex-none gap-[3px] text-12 text-ink-3">
          {"key" in item.end ? <KeyCaps of={item.end.key} /> : item.end.word}
        </span>
      ) : null}
    </div>
  );
}
