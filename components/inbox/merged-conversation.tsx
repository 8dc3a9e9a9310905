"use client";

import { parseAsString, useQueryState } from "nuqs";
import Link from "next/link";
import type { ConversationRow, VisitorProfile } from "@/components/hooks/rows";
import { useInboxUrl } from "@/components/hooks/use-inbox-url";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ThreadPane } from "./thread-pane";

type MergedConversationProps = {
  conversation: ConversationRow;
  mergedInto: string;
  profile: VisitorProfile | undefined;
  now: number;
  onBack: () => void;
};

/** A conversation that was merged: where its messages are. A link to one of them leads to it there. */
export function MergedConversation({ mergedInto, ...pane }: MergedConversationProps) {
  const { hrefOf } = useInboxUrl();
  const [messageId] = useQueryState("message", parseAsString);
  const href = hrefOf(mergedInto) + (messageId === null ? "" : `&message=${encodeURIComponent(messageId)}`);
  return (
    <ThreadPane {...pane} viewers={[]} controls={null}>
      <div className="p-8 max-md:p-4">
        <EmptyState
          title="Merged into another conversation"
          actions={
            <Button asChild variant="main">
              <Link href={href}>Open that one</Link>
            </Button>
          }
        >
          All messages are there, each at its place in time. What the visitor writes goes there too.
        </EmptyState>
      </div>
    </ThreadPane>
  );
}
