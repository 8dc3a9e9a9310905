"use client";

import { ArrowLeft, PanelRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { visitorName } from "@/components/format/people";
import type { ConversationRow, VisitorProfile } from "@/components/hooks/rows";
import type { Viewer } from "@/components/hooks/use-viewers";
import { useKeys } from "@/components/keys/keys-provider";
import { BrandSquare } from "@/components/ui/brand-square";
import { Button } from "@/components/ui/button";
import { Drawer } from "@/components/ui/dialog";
import { Tooltip } from "@/components/ui/tooltip";
import { viewersText } from "./viewers";
import { VisitorDetails } from "./visitor-panel";

type ThreadPaneProps = {
  /** The other operators who have it open. */
  viewers: readonly Viewer[];
  conversation: ConversationRow;
  profile: VisitorProfile | undefined;
  now: number;
  /** What can be decided about the conversation. */
  controls: ReactNode;
  onBack: () => void;
  /** Messages and composer. */
  children: ReactNode;
};

/** One conversation: its head, its messages, where to write, and the visitor beside it. */
export function ThreadPane(props: ThreadPaneProps) {
  const { viewers, conversation, profile, now, controls, onBack, children } = props;
  const beside = viewersText(viewers);
  const name = visitorName(conversation.visitor);
  const title = useRef<HTMLHeadingElement>(null);
  const [drawerOpen, setDrawerOpen] = useState(false);
  const { _id: id } = conversation;

  // Opening a conversation moves the reader to it, also where what they used for that is gone, as after a merge; a page
  // that loads with one open leaves the focus at its start.
  useEffect(() => {
    if (navigator.userActivation.hasBeenActive) title.current?.focus({ preventScroll: true });
  }, [id]);

  useKeys(useMemo(() => [{ key: "Escape", label: "Back to the list", run: onBack }], [onBack]));

  return (
    <>
      <section aria-label={`Conversation with ${name}`} className="flex min-h-0 min-w-0 flex-col bg-surface">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-1 border-b border-line pr-2.5 pl-5 max-md:flex-wrap max-md:px-2 max-md:pt-1.5">
          <Button
            variant="quiet"
            size="icon-sm"
            aria-label="Back to the list"
            onClick={onBack}
            className="md:hidden"
          >
            <ArrowLeft size={16} aria-hidden="true" />
          </Button>
          <div className="min-w-0 flex-1">
            <h1
              ref={title}
              tabIndex={-1}
              dir="auto"
              title={name}
              className="w-fit max-w-full truncate text-left rounded-sm text-15 leading-5 font-strong outline-offset-0"
            >
              {name}
            </h1>
            {conversation.brand ? (
              <p className="flex items-center gap-1.5 text-12 text-ink-2">
                <BrandSquare color={conversation.brand.primaryColor} />
                <span className="truncate">{conversation.brand.name}</span>
                {beside === null ? null : (
                  <span className="truncate" title={viewers.map(({ name }) => name).join(", ")}>
                    · {beside}
                  </span>
                )}
              </p>
            ) : null}
          </div>
          <div className="flex flex-none items-center gap-1 max-md:order-last max-md:w-full max-md:pb-1">
            {controls}
          </div>
          <Tooltip content="Visitor">
            <Button
              variant="quiet"
              size="icon-sm"
              aria-label="Visitor"
              onClick={() => setDrawerOpen(true)}
              className="xl:hidden"
            >
              <PanelRight size={16} aria-hidden="true" />
            </Button>
          </Tooltip>
        </header>
        {children}
      </section>
      <aside
        aria-label="Visitor"
        className="hidden min-h-0 min-w-0 w-[var(--panel-w)] flex-col overflow-auto border-l border-line bg-surface xl:flex"
      >
        <header className="sticky top-0 flex min-h-[var(--bar-h)] flex-none items-center border-b border-line bg-surface px-[18px]">
          <h1 className="text-14 font-strong">Visitor</h1>
        </header>
        <VisitorDetails conversation={conversation} profile={profile} now={now} />
      </aside>
      <Drawer
        open={drawerOpen}
        onOpenChange={setDrawerOpen}
        title="Visitor"
        back={
          <Button variant="quiet" size="icon-sm" aria-label="Back to the conversation">
            <ArrowLeft size={16} aria-hidden="true" />
          </Button>
        }
      >
        <VisitorDetails conversation={conversation} profile={profile} now={now} />
      </Drawer>
    </>
  );
}
