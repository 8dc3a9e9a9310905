"use client";

import { KeyRound, Pencil, Power, PowerOff, RotateCcw, Send, Trash2, type LucideIcon } from "lucide-react";
import { MenuItem, MenuSeparator } from "@/components/ui/menu";
import { RowMenu } from "@/components/ui/row-menu";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { splitUrl } from "./url-text";

/** What can be done with one endpoint. */
export type EndpointActions = Record<
  "sendTest" | "edit" | "rotate" | "replay" | "enable" | "disable" | "remove",
  (endpoint: WebhookRow) => void
>;

export function EndpointMenu({ endpoint, actions }: { endpoint: WebhookRow; actions: EndpointActions }) {
  // A dialog takes the focus only once the menu has given it back to its button.
  const item = (word: string, Icon: LucideIcon, act: (endpoint: WebhookRow) => void, disabled = false) => (
    <MenuItem
      icon={<Icon size={16} aria-hidden="true" />}
      disabled={disabled}
      onSelect={() => setTimeout(() => act(endpoint))}
    >
      {word}
    </MenuItem>
  );
  return (
    <RowMenu of={splitUrl(endpoint.url).rest}>
      {item("Send test", Send, actions.sendTest)}
      {item("Edit", Pencil, actions.edit)}
      {item("Rotate secret", KeyRound, actions.rotate, endpoint.rotation !== null)}
      {item("Replay failed", RotateCcw, actions.replay, !endpoint.enabled)}
      <MenuSeparator />
      {endpoint.enabled ? item("Disable", PowerOff, actions.disable) : item("Enable", Power, actions.enable)}
      {item("Delete", Trash2, actions.remove)}
    </RowMenu>
  );
}
