"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useBrands } from "@/components/hooks/use-inbox";
import type { Live } from "@/components/hooks/use-live-query";
import { useNow } from "@/components/hooks/use-now";
import type { WebhookSettings } from "@/components/hooks/use-webhooks";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { managesOne, managesIntegrations } from "../access";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import {
  DeleteEndpointDialog,
  EditEndpointDialog,
  EndOldSecretDialog,
  NewEndpointDialog,
  RotateSecretDialog,
} from "./endpoint-dialogs";
import { EndpointMenu } from "./endpoint-menu";
import { NewLine, ReplayLine, RotationLine, StateLine, TestLine } from "./endpoint-notes";
import { EndpointTable } from "./endpoint-table";
import { retryPromise, scheduleText, stateNote } from "./endpoint-text";
import { NotConfigured } from "./not-configured";
import { ReplayDialog } from "./replay-dialog";
import { useEndpointDesk, type EndpointDesk } from "./use-endpoint-desk";

type WebhookEndpointsProps = {
  endpoints: Live<WebhookRow[]>;
  settings: Live<WebhookSettings>;
  /** Opens a delivery in the event log. */
  onShowDelivery: (deliveryId: string) => void;
};

/** Where the workspace's events are sent. Owners and admins set it up; agents see it. */
export function WebhookEndpoints({ endpoints, settings, onShowDelivery }: WebhookEndpointsProps) {
  const { operator } = useSession();
  const brands = useBrands().data ?? [];
  const now = useNow();
  const desk = useEndpointDesk();
  const mayManage = managesIntegrations(operator);
  const mayAdd = mayManage && settings.data?.isAvailable === true;
  const add = () => desk.setDialog({ kind: "add" });
  const rows = endpoints.data ?? [];
  const off = settings.data?.isAvailable === false;

  return (
    <section aria-labelledby="webhooks">
      <SectionHead
        id="webhooks"
        title="Webhook endpoints"
        hint={settings.data ? <RetryHint retrySchedule={settings.data.retrySchedule} /> : null}
      >
        {mayAdd && rows.length > 0 ? (
          <Button size="sm" className="ml-auto" onClick={add}>
            <Plus size={14} aria-hidden="true" />
            Add endpoint
          </Button>
        ) : null}
      </SectionHead>
      {endpoints.status === "failed" || settings.status === "failed" ? (
        <SectionFailed title="The endpoints did not load">
          The server could not list them. Deliveries go on.
        </SectionFailed>
      ) : endpoints.status === "loading" || settings.status === "loading" ? (
        <SectionLoading label="Loading endpoints" />
      ) : (
        <>
          {off ? <NotConfigured mayManage={mayManage} /> : null}
          {rows.length > 0 ? (
            <EndpointTable
              endpoints={rows}
              showBrands={brands.length > 1}
              menuOf={(endpoint) =>
                managesOne(operator, endpoint) ? (
                  <EndpointMenu endpoint={endpoint} actions={desk.actions} />
                ) : null
              }
              notesOf={(endpoint) => notesOf(endpoint, { desk, now, operator, onShowDelivery })}
            />
          ) : off ? null : (
            <NoEndpoint mayManage={mayManage} onAdd={add} />
          )}
        </>
      )}
      <OpenDialog desk={desk} endpoints={rows} brands={brands} settings={settings.data} />
    </section>
  );
}

/** What PraxTalk does for each delivery; the delays are in the tooltip. */
function RetryHint({ retrySchedule }: { retrySchedule: readonly number[] }) {
  return (
    <span title={`Tried again after ${scheduleText(retrySchedule)}`}>
      Every delivery is signed. {retryPromise(retrySchedule)}
    </span>
  );
}

function NoEndpoint({ mayManage, onAdd }: { mayManage: boolean; onAdd: () => void }) {
  if (!mayManage) {
    return (
      <SectionEmpty title="No endpoint yet">
        Owners and admins add the URLs that PraxTalk tells what happens here.
      </SectionEmpty>
    );
  }
  return (
    <SectionEmpty
      title="No endpoint yet"
      actions={
        <>
          <Button variant="main" onClick={onAdd}>
            Add endpoint
          </Button>
          <Button asChild variant="quiet">
            <Link href="/docs#webhooks">Read how</Link>
          </Button>
        </>
      }
    >
      Add a URL and choose events. A test event shows at once whether it works.
    </SectionEmpty>
  );
}

type NotesContext = {
  desk: EndpointDesk;
  now: number;
  operator: ReturnType<typeof useSession>["operator"];
  onShowDelivery: (deliveryId: string) => void;
};

/** The lines below an endpoint, or null when there is nothing to say. */
function notesOf(endpoint: WebhookRow, { desk, now, operator, onShowDelivery }: NotesContext): ReactNode {
  const { actions, setDialog } = desk;
  const mayManage = managesOne(operator, endpoint);
  const note = desk.notes.get(endpoint._id);
  const close = () => desk.note(endpoint._id, null);
  const state = stateNote(endpoint, { now });
  if (state === null && endpoint.rotation === null && note === undefined) return null;
  return (
    <>
      {state === null ? null : (
        <StateLine endpoint={endpoint} onEnable={mayManage ? () => actions.enable(endpoint) : undefined} />
      )}
      {endpoint.rotation === null ? null : (
        <RotationLine
          key={endpoint.rotation.phase}
          endpoint={endpoint}
          rotation={endpoint.rotation}
          onFinish={mayManage ? () => setDialog({ kind: "finish", endpoint }) : undefined}
        />
      )}
      {note?.kind === "added" ? <NewLine onTest={() => actions.sendTest(endpoint)} /> : null}
      {note?.kind === "test" ? (
        <TestLine
          deliveryId={note.deliveryId}
          onShow={() => onShowDelivery(note.deliveryId)}
          onClose={close}
        />
      ) : null}
      {note?.kind === "missed" ? <ReplayLine endpoint={endpoint} since={note.since} onClose={close} /> : null}
    </>
  );
}

type OpenDialogProps = {
  desk: EndpointDesk;
  endpoints: readonly WebhookRow[];
  brands: readonly Brand[];
  settings: WebhookSettings | undefined;
};

/** The dialog that is open, if any. */
function OpenDialog({ desk, endpoints, brands, settings }: OpenDialogProps) {
  const { operator } = useSession();
  const { dialog, setDialog, note } = desk;
  const onClose = () => setDialog(null);
  const form = { brands, mayBePrivate: (settings?.allowedCidrs.length ?? 0) > 0, onClose };
  switch (dialog?.kind) {
    case undefined:
      return null;
    case "add":
      return <NewEndpointDialog {...form} onCreated={(id) => note(id, { kind: "added" })} />;
    case "edit":
      return <EditEndpointDialog {...form} endpoint={dialog.endpoint} />;
    case "rotate":
      return <RotateSecretDialog endpoint={dialog.endpoint} onClose={onClose} />;
    case "finish":
      return <EndOldSecretDialog endpoint={dialog.endpoint} onClose={onClose} />;
    case "remove":
      return <DeleteEndpointDialog endpoint={dialog.endpoint} onClose={onClose} />;
    case "replay":
      return (
        <ReplayDialog
          endpoints={endpoints.filter((each) => each.enabled && managesOne(operator, each))}
          initial={dialog.endpoint}
          onClose={onClose}
        />
      );
  }
}
