"use client";

import { Tag, X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Popover } from "@/components/ui/popover";
import { checkTag } from "@/lib/validation";

type TagMenuProps = {
  /** The tags that it has; undefined: several conversations. */
  tags: readonly string[] | undefined;
  /** Tags in use, to choose from. */
  known: readonly string[];
  onTag: (tag: string) => void;
  onUntag: (tag: string) => void;
};

/** The tags of a conversation: put one on, take one off. */
export function TagMenu({ tags, known, onTag, onUntag }: TagMenuProps) {
  const [open, setOpen] = useState(false);
  useKeys(useMemo(() => [{ key: "t", label: "Tag", foot: "tag", run: () => setOpen(true) }], []));
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Tags"
      trigger={
        <Button variant="quiet" size="sm" aria-label="Tags" aria-keyshortcuts="t">
          <Tag size={14} aria-hidden="true" />
          <span className="max-w-40 truncate max-2xl:hidden">{tags?.join(", ") || "Tag"}</span>
        </Button>
      }
    >
      <div className="grid gap-3">
        {tags && tags.length > 0 ? (
          <ul
            aria-label="Tags of this conversation"
            className="flex flex-wrap gap-1.5 pointer-coarse:gap-y-4 pointer-coarse:py-2"
          >
            {tags.map((tag) => (
              <li key={tag} className="flex min-h-6 items-center gap-1 rounded-sm bg-active pl-2 text-12">
                <span className="wrap-anywhere">{tag}</span>
                <button
                  type="button"
                  aria-label={`Remove ${tag}`}
                  onClick={() => onUntag(tag)}
                  className="grid size-6 place-content-center rounded-sm text-ink-2 hover:text-ink pointer-coarse:-my-2.5 pointer-coarse:size-11"
                >
                  <X size={14} aria-hidden="true" />
                </button>
              </li>
            ))}
          </ul>
        ) : null}
        <TagForm known={known} onTag={onTag} />
      </div>
    </Popover>
  );
}

function TagForm({ known, onTag }: Pick<TagMenuProps, "known" | "onTag">) {
  const listId = useId();
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const checked = checkTag(text);
        setError(checked.ok ? null : checked.reason);
        if (!checked.ok) return;
        setText("");
        onTag(checked.value);
      }}
    >
      <TextField
        label="Add a tag"
        value={text}
        error={error}
        list={listId}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id={listId}>
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <Button type="submit" size="sm" className="justify-self-end">
        Add tag
      </Button>
    </form>
  );
}
