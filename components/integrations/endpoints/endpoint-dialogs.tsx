"use client";

import type { Brand } from "@/components/hooks/rows";
import { useSubmission } from "@/components/hooks/use-submission";
import {
  useCreateEndpoint,
  useFinishRotation,
  useRemoveEndpoint,
  useRotateSecret,
  useUpdateEndpoint,
} from "@/components/hooks/use-webhooks";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { NoteBox } from "@/components/ui/note-box";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SecretDialog } from "../secret-dialog";
import { EndpointForm } from "./endpoint-form";
import { EVENT_CHOICES } from "./endpoint-text";
import { hostOf } from "./url-text";

type FormDialogProps = { brands: readonly Brand[]; mayBePrivate: boolean; onClose: () => void };

/** Adds an endpoint, then shows its secret: once, until the person says that it is stored. */
export function NewEndpointDialog({
  brands,
  mayBePrivate,
  onCreated,
  onClose,
}: FormDialogProps & { onCreated: (subscriptionId: string) => void }) {
  const create = useCreateEndpoint();
  return (
    <SecretDialog
      title="New endpoint"
      madeTitle="Copy the secret now"
      noun="secret"
      note="It is not shown again. Your endpoint needs it to check that a delivery comes from PraxTalk: store it there, then send a test."
      onClose={onClose}
    >
      {(onMade) => (
        <EndpointForm
          initial={{ url: "", events: EVENT_CHOICES.map(({ value }) => value), brandId: null }}
          brands={brands}
          mayBePrivate={mayBePrivate}
          action="Add endpoint"
          busyWord="Adding"
          onSubmit={async ({ url, events, brandId }) => {
            const made = await create({ url, events, ...(brandId === null ? {} : { brandId }) });
            onCreated(made.subscriptionId);
            onMade(made.secret);
          }}
          onCancel={onClose}
        />
      )}
    </SecretDialog>
  );
}

/** Changes where an endpoint is, what it gets and of which brand. Its secret stays. */
export function EditEndpointDialog({
  endpoint,
  brands,
  mayBePrivate,
  onClose,
}: FormDialogProps & { endpoint: WebhookRow }) {
  const update = useUpdateEndpoint();
  return (
    <Dialog onClose={onClose} title="Edit endpoint">
      <EndpointForm
        initial={endpoint}
        brands={brands}
        mayBePrivate={mayBePrivate}
        action="Save"
        busyWord="Saving"
        onSubmit={async (values) => {
          await update({ subscriptionId: endpoint._id, ...values });
          onClose();
        }}
        onCancel={onClose}
      />
    </Dialog>
  );
}

type EndpointDialogProps = { endpoint: WebhookRow; onClose: () => void };

/** Makes a new secret beside the old one, and shows it once. */
export function RotateSecretDialog({ endpoint, onClose }: EndpointDialogProps) {
  const rotate = useRotateSecret();
  const { busy, refusal, submit } = useSubmission();
  return (
    <SecretDialog
      title={`Rotate the secret of ${hostOf(endpoint.url)}?`}
      madeTitle="Copy the new secret now"
      noun="secret"
      note="It is not shown again. Both secrets sign for 24 hours: put this one into your endpoint, then choose “I deployed the new secret”."
      onClose={onClose}
    >
      {(onMade) => (
        <div className="grid gap-3.5">
          {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
          <p className="text-ink-2">
            You get a new secret. For 24 hours each delivery is signed with both, the old one first, so
            nothing breaks while you put the new one into your endpoint. Then say here that you did.
          </p>
          <div className="flex justify-end gap-2 pt-1">
            <Button onClick={onClose}>Keep secret</Button>
            <Button
              variant="main"
              busy={busy}
              onClick={() => {
                void submit(async () => {
                  onMade((await rotate({ subscriptionId: endpoint._id })).secret);
                });
              }}
            >
              {busy ? "Rotating" : "Rotate secret"}
            </Button>
          </div>
        </div>
      )}
    </SecretDialog>
  );
}

/** Ends the old secret before its time. */
export function EndOldSecretDialog({ endpoint, onClose }: EndpointDialogProps) {
  const finish = useFinishRotation();
  return (
    <ConfirmDialog
      title="End the old secret now?"
      safe="Keep both"
      action="End old secret"
      busyWord="Ending"
      onConfirm={() => finish({ subscriptionId: endpoint._id })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        From now on only the new secret signs. Whatever still checks with the old one at{" "}
        {hostOf(endpoint.url)} refuses every delivery, and the old secret cannot be brought back.
      </p>
    </ConfirmDialog>
  );
}

/** Deletes an endpoint with its secret. What it was sent stays in the log. */
export function DeleteEndpointDialog({ endpoint, onClose }: EndpointDialogProps) {
  const remove = useRemoveEndpoint();
  return (
    <ConfirmDialog
      title={`Delete the endpoint ${hostOf(endpoint.url)}?`}
      safe="Keep endpoint"
      action="Delete endpoint"
      busyWord="Deleting"
      onConfirm={() => remove({ subscriptionId: endpoint._id })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Nothing more is sent to <span className="font-mono text-13 wrap-anywhere">{endpoint.url}</span>:
        deliveries that wait for it are canceled. The log keeps what was sent for 30 days. Its secret cannot
        be brought back.
      </p>
    </ConfirmDialog>
  );
}
