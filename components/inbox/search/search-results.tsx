"use client";

import type { ReactNode } from "react";
import { visitorName } from "@/components/format/people";
import { fullTime, timeOrDate } from "@/components/format/time";
import type { FoundMessage, FoundPerson } from "@/components/hooks/use-search";
import { conversationHref } from "@/components/hooks/use-search-url";
import { BrandSquare } from "@/components/ui/brand-square";
import { cn } from "@/components/ui/cn";
import { MarkedText } from "@/components/ui/marked-text";
import { isPlainClick } from "@/components/ui/plain-click";
import { StatusLabel } from "@/components/ui/status-label";

type ResultProps = {
  now: number;
  /** It is what is open beside the results. */
  selected: boolean;
  onOpen: (conversationId: string, messageId: string | null) => void;
};

/** Someone who was found; opens their newest conversation. */
export function PersonResult({ person, ...result }: ResultProps & { person: FoundPerson }) {
  const { name, email, phone, brand, conversation, lastSeenAt } = person;
  const contact = name ?? email ?? phone;
  const others = [email, phone].filter((each) => each !== undefined && each !== contact);
  return (
    <ResultLink {...result} conversationId={conversation?._id ?? null} messageId={null}>
      <ResultHead at={lastSeenAt} now={result.now}>
        {contact ? <MarkedText {...contact} /> : "Visitor"}
      </ResultHead>
      {others.length > 0 ? (
        <span className="flex min-w-0 gap-2 text-ink-2">
          {others.map((each) =>
            each ? (
              <span key={each.text} className="truncate" title={each.text}>
                <MarkedText {...each} />
              </span>
            ) : null,
          )}
        </span>
      ) : null}
      <ResultFoot brand={brand}>
        {conversation ? <StatusLabel status={conversation.status} /> : "No conversation"}
      </ResultFoot>
    </ResultLink>
  );
}

/** A message that was found; opens its conversation at it. */
export function MessageResult({ message, ...result }: ResultProps & { message: FoundMessage }) {
  const { role, senderName, snippet, createdAt, brand, conversation } = message;
  const visitor = visitorName({ name: conversation.visitorName });
  const isNote = role === "internal_note";
  return (
    <ResultLink {...result} conversationId={conversation._id} messageId={message.messageId}>
      <ResultHead at={createdAt} now={result.now}>
        {visitor}
      </ResultHead>
      <span className="line-clamp-3 wrap-anywhere text-ink">
        {isNote ? (
          <b className="font-strong text-note">{`Internal note by ${senderName ?? "an operator"}: `}</b>
        ) : role === "operator" || role === "atlas" ? (
          <span className="text-ink-2">{`${role === "atlas" ? "Atlas" : (senderName ?? "Operator")}: `}</span>
        ) : null}
        <MarkedText {...snippet} />
      </span>
      <ResultFoot brand={brand}>
        <StatusLabel status={conversation.status} />
      </ResultFoot>
    </ResultLink>
  );
}

type ResultLinkProps = ResultProps & {
  conversationId: string | null;
  messageId: string | null;
  children: ReactNode;
};

function ResultLink({ conversationId, messageId, selected, onOpen, children }: ResultLinkProps) {
  const look =
    "grid gap-px border-b border-line-faint py-[var(--row-pad-y)] pr-3.5 pl-[18px] text-13 text-ink max-md:pl-4";
  if (conversationId === null) return <div className={look}>{children}</div>;
  return (
    <a
      data-result
      href={conversationHref(conversationId, messageId)}
      aria-current={selected ? "true" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        onOpen(conversationId, messageId);
      }}
      className={cn(
        look,
        "hover:bg-hover focus-visible:outline-offset-[-2px]",
        selected && "md:bg-selected md:shadow-[inset_3px_0_0_var(--accent)]",
      )}
    >
      {children}
    </a>
  );
}

function ResultHead({ at, now, children }: { at: number; now: number; children: ReactNode }) {
  return (
    <span className="flex min-w-0 items-center gap-[7px]">
      <span className="min-w-0 flex-1 truncate text-14 font-medium">{children}</span>
      {now === 0 ? null : (
        <time dateTime={new Date(at).toISOString()} title={fullTime(at)} className="text-12 text-ink-3">
          {timeOrDate(at, { now })}
        </time>
      )}
    </span>
  );
}

function ResultFoot({ brand, children }: { brand: FoundPerson["brand"]; children: ReactNode }) {
  return (
    <span className="flex h-[18px] min-w-0 items-center gap-[7px] text-12 text-ink-2">
      {brand ? (
        <>
          <BrandSquare color={brand.primaryColor} />
          <span className="truncate">{brand.name}</span>
        </>
      ) : null}
      {children}
    </span>
  );
}
