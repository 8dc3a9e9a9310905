"use client";

import { useState } from "react";
import { fullTime } from "@/components/format/time";
import { useSearch, type FoundPerson } from "@/components/hooks/use-search";
import { useErasures } from "@/components/hooks/use-settings";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { SectionHead } from "@/components/ui/section-head";
import { erasedText } from "@/lib/erased-text";
import { SEARCH_QUERY_MAX } from "@/lib/limits";
import { EraseDialog } from "./erase-dialog";

const FOUND = 5;

/** Finds people and deletes them with all that they left, as the law may ask; and says what was deleted. */
export function ErasePerson() {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<FoundPerson | null>(null);
  const found = useSearch({ text, brandId: null, limit: FOUND });
  const people = found?.data?.people.rows ?? [];
  return (
    <section aria-labelledby="erase">
      <SectionHead
        id="erase"
        title="Erase a person"
        hint="Deletes a visitor, their conversations and leads, and what the feed and webhook log hold of them."
      />
      <div className="max-w-[68ch]">
        <TextField
          label="Who"
          hint="Name, email address or phone number."
          type="search"
          autoComplete="off"
          value={text}
          maxLength={SEARCH_QUERY_MAX}
          onChange={(event) => setText(event.target.value)}
        />
        {found?.status === "ready" && people.length === 0 ? (
          <p role="status" className="pt-2 text-13 text-ink-2">
            No visitor has this name, address or number.
          </p>
        ) : null}
        <ul>
          {people.map((person) => {
            const name = person.name?.text ?? person.email?.text ?? person.phone?.text ?? "Visitor";
            return (
              <li
                key={person.visitorId}
                className="flex items-center gap-3 border-b border-line-faint py-1.5 text-13"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium" title={name}>
                    {name}
                  </span>
                  <span className="block truncate text-12 text-ink-2">
                    {[person.email?.text, person.phone?.text, person.brand?.name]
                      .filter((each) => each !== undefined && each !== name)
                      .join(", ")}
                  </span>
                </span>
                <Button size="sm" aria-label={`Erase ${name}`} onClick={() => setChosen(person)}>
                  Erase
                </Button>
              </li>
            );
          })}
        </ul>
      </div>
      <PastErasures />
      {chosen ? <EraseDialog person={chosen} onClose={() => setChosen(null)} /> : null}
    </section>
  );
}

function PastErasures() {
  const { data = [] } = useErasures();
  if (data.length === 0) return null;
  return (
    <ul aria-label="Erasures" className="max-w-[68ch] pt-4 text-13">
      {data.map(({ _id, operatorName, counts, startedAt, finishedAt }) => (
        <li key={_id} className="border-b border-line-faint py-1.5">
          {finishedAt === undefined ? "Deleting" : "Deleted"}: {erasedText(counts)}
          <span className="block text-12 text-ink-2">
            by {operatorName}, {fullTime(startedAt)}
          </span>
        </li>
      ))}
    </ul>
  );
}
