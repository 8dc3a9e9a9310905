"use client";

import { useState } from "react";
import { visitorName } from "@/components/format/people";
import { fullTime } from "@/components/format/time";
import type { FoundPerson } from "@/components/hooks/use-search";
import { useErasable, useErase } from "@/components/hooks/use-settings";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CheckGroup } from "@/components/ui/check-group";

/** Asks before a person is erased, and who of the same email address goes with them. */
export function EraseDialog({ person, onClose }: { person: FoundPerson; onClose: () => void }) {
  const { data: people = [] } = useErasable(person.visitorId);
  const erase = useErase();
  const [chosen, setChosen] = useState<string[]>([person.visitorId]);
  const name = visitorName({ name: person.name?.text, email: person.email?.text, phone: person.phone?.text });
  return (
    <ConfirmDialog
      title={`Erase “${name}”?`}
      safe="Keep"
      action="Erase for good"
      busyWord="Erasing"
      ready={chosen.length > 0}
      onConfirm={() => erase({ visitorIds: chosen })}
      onClose={onClose}
    >
      <p className="text-13">
        Their conversations are deleted with all messages, notes and files, so are their leads. Their chat
        ends at once. This cannot be undone.
      </p>
      {people.length > 1 ? (
        <CheckGroup
          legend={`Visitors with the address ${person.email?.text ?? ""}`}
          choices={people.map(({ visitorId, brandName, lastSeenAt, ...contact }) => ({
            value: visitorId,
            label: visitorName(contact),
            hint: `${brandName ?? "No brand"}, last seen ${fullTime(lastSeenAt)}`,
          }))}
          values={people.map(({ visitorId }) => visitorId).filter((id) => chosen.includes(id))}
          onChange={setChosen}
        />
      ) : null}
    </ConfirmDialog>
  );
}
