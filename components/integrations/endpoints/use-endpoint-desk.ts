"use client";

import { useCallback, useMemo, useState } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useSendTest, useSetEndpointEnabled } from "@/components/hooks/use-webhooks";
import { toastFailure, toastWithUndo } from "@/components/ui/toaster";
import type { WebhookRow } from "@/convex/validators/webhooks";
import type { EndpointActions } from "./endpoint-menu";
import { missedSince } from "./endpoint-text";

export type EndpointDialog =
  { kind: "add" } | { kind: "edit" | "rotate" | "finish" | "replay" | "remove"; endpoint: WebhookRow };

/** What the page remembers about an endpoint until it is closed, by endpoint. */
export type EndpointNote =
  { kind: "added" } | { kind: "test"; deliveryId: string } | { kind: "missed"; since: number };

export type EndpointDesk = ReturnType<typeof useEndpointDesk>;

/** What people do at the list of endpoints: which dialog is open, what was just done, and the actions of the menu. */
export function useEndpointDesk() {
  const sendTest = useSendTest();
  const setEnabled = useSetEndpointEnabled();
  const [dialog, setDialog] = useState<EndpointDialog | null>(null);
  const [notes, setNotes] = useState<ReadonlyMap<string, EndpointNote>>(new Map());

  const note = useCallback((subscriptionId: string, next: EndpointNote | null) => {
    setNotes((all) => {
      const rest = new Map(all);
      if (next === null) rest.delete(subscriptionId);
      else rest.set(subscriptionId, next);
      return rest;
    });
  }, []);

  const actions = useMemo((): EndpointActions => {
    const open = (kind: Exclude<EndpointDialog["kind"], "add">) => (endpoint: WebhookRow) =>
      setDialog({ kind, endpoint });
    const enable = (endpoint: WebhookRow, since: number) => {
      setEnabled({ subscriptionId: endpoint._id, enabled: true }).then(
        () => note(endpoint._id, { kind: "missed", since }),
        (error: unknown) => toastFailure(reasonOf(error)),
      );
    };
    return {
      sendTest: ({ _id }) => {
        sendTest({ subscriptionId: _id }).then(
          ({ deliveryId }) => note(_id, { kind: "test", deliveryId }),
          (error: unknown) => toastFailure(reasonOf(error)),
        );
      },
      edit: open("edit"),
      rotate: open("rotate"),
      replay: open("replay"),
      remove: open("remove"),
      enable: (endpoint) => enable(endpoint, missedSince(endpoint, Date.now())),
      disable: (endpoint) => {
        const since = missedSince(endpoint, Date.now());
        note(endpoint._id, null);
        setEnabled({ subscriptionId: endpoint._id, enabled: false }).then(
          () => toastWithUndo("Disabled. Nothing is sent to it.", () => enable(endpoint, since)),
          (error: unknown) => toastFailure(reasonOf(error)),
        );
      },
    };
  }, [sendTest, setEnabled, note]);

  return { dialog, setDialog, notes, note, actions };
}
