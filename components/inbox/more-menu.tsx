"use client";

import { Ellipsis, Merge } from "lucide-react";
import { useMemo, useState } from "react";
import { useInboxUrl } from "@/components/hooks/use-inbox-url";
import { KeyCaps } from "@/components/keys/key-caps";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import { MergeDialog } from "./merge-dialog";

const MERGE = "Merge into another conversation";

/** What one does to a conversation now and then. */
export function MoreMenu({ conversationId, now }: { conversationId: string; now: number }) {
  const { open } = useInboxUrl();
  const [isMerging, setMerging] = useState(false);
  useKeys(useMemo(() => [{ key: "m", label: MERGE, run: () => setMerging(true) }], []));
  return (
    <>
      <Menu>
        <Tooltip content="More actions">
          <MenuTrigger asChild>
            <Button variant="quiet" size="icon-sm" aria-label="More actions">
              <Ellipsis size={16} aria-hidden="true" />
            </Button>
          </MenuTrigger>
        </Tooltip>
        <MenuContent align="end">
          <MenuItem
            icon={<Merge size={16} aria-hidden="true" />}
            end={<KeyCaps of="m" />}
            onSelect={() => setMerging(true)}
          >
            {MERGE}…
          </MenuItem>
        </MenuContent>
      </Menu>
      {isMerging ? (
        <MergeDialog
          conversationId={conversationId}
          now={now}
          onMerged={open}
          onClose={() => setMerging(false)}
        />
      ) : null}
    </>
  );
}
