"use client";

import { RotateCw, Search, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useSearch, type SearchResult } from "@/components/hooks/use-search";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingAfterDelay, SkeletonLine } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX, SEARCH_QUERY_MAX } from "@/lib/limits";
import { MessageResult, PersonResult } from "./search-results";
import { stepResult } from "./step-result";

/** What begins a search, or goes back to its field. */
export const SEARCH_KEY = { key: "/", label: "Search people and messages", foot: "search" };

type SearchPaneProps = {
  query: string;
  /** Only this brand's, by its name; null: all brands. */
  brand: { _id: string; name: string } | null;
  /** What is open beside the results. */
  conversationId: string | null;
  messageId: string | null;
  now: number;
  onQuery: (query: string) => void;
  onOpen: (conversationId: string, messageId: string | null) => void;
  onLeave: () => void;
};

/** The search in the place of the list: what to look for, and who and what was found in all history. */
export function SearchPane({ query, brand, onQuery, onLeave, ...open }: SearchPaneProps) {
  const [everywhere, setEverywhere] = useState(false);
  const [limit, setLimit] = useState(SEARCH_LIMIT_DEFAULT);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const within = everywhere ? null : brand;
  const found = useSearch({ text: query, brandId: within?._id ?? null, limit });
  useEffect(() => field.current?.focus(), []);
  useKeys(
    useMemo(() => {
      const step = (by: 1 | -1) => stepResult(field.current, results.current, by);
      return [
        { ...SEARCH_KEY, run: () => field.current?.select() },
        { key: "j", label: "Next result", foot: "next, previous", run: () => step(1) },
        { key: "k", label: "Previous result", foot: "next, previous", run: () => step(-1) },
      ];
    }, []),
  );

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.preventDefault();
      onLeave();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stepResult(field.current, results.current, event.key === "ArrowDown" ? 1 : -1);
    }
  }

  return (
    <section
      aria-label="Search"
      onKeyDown={onKeyDown}
      className="flex min-h-0 min-w-0 flex-col bg-surface md:border-r md:border-line"
    >
      <h1 className="sr-only">Search</h1>
      <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-1 border-b border-line pr-2 pl-[18px] focus-within:shadow-[inset_0_-2px_0_var(--focus)] max-md:pl-4">
        <Search size={16} aria-hidden="true" className="flex-none text-ink-3" />
        <input
          ref={field}
          type="search"
          aria-label="Search people and messages"
          placeholder="Name, address, number or words"
          value={query}
          maxLength={SEARCH_QUERY_MAX}
          autoComplete="off"
          onChange={(event) => {
            setLimit(SEARCH_LIMIT_DEFAULT);
            onQuery(event.target.value);
          }}
          className="h-[var(--control-h)] min-w-0 flex-1 bg-transparent px-1.5 text-14 text-ink outline-none max-md:text-[1rem] [&::-webkit-search-cancel-button]:hidden"
        />
        <Tooltip content="Leave the search">
          <Button variant="quiet" size="icon-sm" aria-label="Leave the search" onClick={onLeave}>
            <X size={16} aria-hidden="true" />
          </Button>
        </Tooltip>
      </header>
      {within ? (
        <p className="flex flex-none items-center gap-2 border-b border-line-faint py-1 pr-2 pl-[18px] text-12 text-ink-2 max-md:pl-4">
          <span className="min-w-0 flex-1 truncate" title={within.name}>
            Only {within.name}
          </span>
          <Button variant="quiet" size="sm" onClick={() => setEverywhere(true)}>
            Search all brands
          </Button>
        </p>
      ) : null}
      <div ref={results} className="min-h-0 flex-1 overflow-auto">
        {found === null ? (
          <Hint />
        ) : found.status === "failed" ? (
          <Failed />
        ) : found.status === "loading" ? (
          <ResultsSkeleton />
        ) : (
          <Results {...open} query={query.trim()} found={found.data} limit={limit} onMore={setLimit} />
        )}
      </div>
    </section>
  );
}

type ResultsProps = Pick<SearchPaneProps, "query" | "conversationId" | "messageId" | "now" | "onOpen"> & {
  found: SearchResult;
  limit: number;
  onMore: (limit: number) => void;
};

function Results({ query, found, limit, onMore, conversationId, messageId, now, onOpen }: ResultsProps) {
  const { people, messages } = found;
  if (people.rows.length + messages.rows.length === 0) {
    return (
      <div role="status" className="px-[30px] py-8 max-md:px-4">
        <EmptyState title={`Nothing has “${query}”`}>
          Whole words count, and the beginning of the last one. Try fewer words, or another form of them.
        </EmptyState>
      </div>
    );
  }
  const hasMore = people.hasMore || messages.hasMore;
  return (
    <>
      <p role="status" className="sr-only">
        {`${counted(people, "person", "people")}, ${counted(messages, "message", "messages")}`}
      </p>
      {people.rows.length > 0 ? (
        <section aria-labelledby="found-people">
          <ResultsHeading id="found-people">People</ResultsHeading>
          <ul>
            {people.rows.map((person) => (
              <li key={person.visitorId}>
                <PersonResult
                  person={person}
                  now={now}
                  selected={messageId === null && person.conversation?._id === conversationId}
                  onOpen={onOpen}
                />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {messages.rows.length > 0 ? (
        <section aria-labelledby="found-messages">
          <ResultsHeading id="found-messages">Messages</ResultsHeading>
          <ul>
            {messages.rows.map((message) => (
              <li key={message.messageId}>
                <MessageResult
                  message={message}
                  now={now}
                  selected={message.messageId === messageId}
                  onOpen={onOpen}
                />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {hasMore ? (
        <div className="px-[18px] py-3 max-md:px-4">
          {limit < SEARCH_LIMIT_MAX ? (
            <Button size="sm" onClick={() => onMore(SEARCH_LIMIT_MAX)}>
              Show more
            </Button>
          ) : (
            <p className="text-13 text-ink-2">These fit best; there are more. Add a word to find them.</p>
          )}
        </div>
      ) : null}
    </>
  );
}

function counted(
  { rows, hasMore }: { rows: unknown[]; hasMore: boolean },
  one: string,
  many: string,
): string {
  return `${rows.length}${hasMore ? " and more" : ""} ${rows.length === 1 && !hasMore ? one : many}`;
}

function ResultsHeading({ id, children }: { id: string; children: string }) {
  return (
    <h2 id={id} className="px-[18px] pt-3 pb-1 text-12 text-ink-3 max-md:px-4">
      {children}
    </h2>
  );
}

function Hint() {
  return (
    <p className="px-[18px] py-4 text-13 text-ink-2 max-md:px-4">
      Finds people by name, email address or phone number, and messages and internal notes by their words, in
      all history.
    </p>
  );
}

function Failed() {
  return (
    <div role="alert" className="px-[30px] py-8 max-md:px-4">
      <EmptyState
        failed
        title="The search did not run"
        actions={
          <Button variant="main" onClick={() => window.location.reload()}>
            <RotateCw size={14} aria-hidden="true" />
            Load again
          </Button>
        }
      >
        The server could not answer it. What you looked for stays in the field.
      </EmptyState>
    </div>
  );
}

function ResultsSkeleton() {
  return (
    <LoadingAfterDelay label="Searching">
      <div className="grid gap-[18px] px-[18px] py-4">
        {["w-[46%]", "w-[28%]", "w-[36%]"].map((width) => (
          <div key={width} className="grid gap-[7px]">
            <SkeletonLine className={width} />
            <SkeletonLine className="w-[92%] opacity-70" />
          </div>
        ))}
      </div>
    </LoadingAfterDelay>
  );
}
