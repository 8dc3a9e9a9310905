"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useApiKeys } from "@/components/hooks/use-api-keys";
import { useRemoveMember, type Member } from "@/components/hooks/use-team";
import { CheckGroup } from "@/components/ui/check-group";
import { SelectField } from "@/components/ui/select-field";

const REVOKE = "revoke";

type RemoveDialogProps = { member: Member; others: readonly Member[]; onClose: () => void };

/** Removes a colleague: who takes over their conversations, and whether their keys end. */
export function RemoveDialog({ member, others, onClose }: RemoveDialogProps) {
  const remove = useRemoveMember();
  const keys = useApiKeys();
  const [heir, setHeir] = useState("");
  const [revokesKeys, setRevokesKeys] = useState(true);
  const theirKeys = keys.data?.filter(({ createdBy }) => createdBy?._id === member._id) ?? [];
  return (
    <ConfirmDialog
      title={`Remove ${member.name} from the team?`}
      safe="Keep in the team"
      action="Remove"
      busyWord="Removing"
      ready={keys.status === "ready"}
      onConfirm={() =>
        remove({
          operatorId: member._id,
          reassignTo: heir === "" ? null : heir,
          keepApiKeys: !revokesKeys,
        })
      }
      onClose={onClose}
    >
      <p className="text-ink-2">
        They are signed out everywhere at once, and their agent tokens end. Their name stays on what they
        wrote.
      </p>
      <SelectField
        label="Their conversations go to"
        hint="To nobody where that person does not work for the brand."
        value={heir}
        onChange={(event) => setHeir(event.target.value)}
      >
        <option value="">Nobody</option>
        {others.map(({ _id, name }) => (
          <option key={_id} value={_id}>
            {name}
          </option>
        ))}
      </SelectField>
      {theirKeys.length > 0 ? (
        <CheckGroup
          legend="API keys that they made"
          choices={[
            {
              value: REVOKE,
              label: `Revoke ${theirKeys.map(({ name }) => name).join(", ")}`,
              hint: "They have seen them. Programs that use them stop working at once.",
            },
          ]}
          values={revokesKeys ? [REVOKE] : []}
          onChange={(values) => setRevokesKeys(values.length > 0)}
        />
      ) : null}
    </ConfirmDialog>
  );
}
