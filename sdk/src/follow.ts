/** Reading and following the change feed: each event once, in order, without a gap. */
import { toPraxTalkError } from "./errors.js";
import type { PraxTalkError } from "./errors.js";
import type { EventType, PraxTalkEvent, Stop } from "./types.js";

export type FollowOptions = {
  /** The cursor of the last event that was dealt with. Without it, following begins now. */
  after?: string;
  /** One type; all without it. Cursors of one type do not fit another. */
  type?: EventType;
};

/** An event, and the cursor to go on behind it. */
export type FedEvent = { event: PraxTalkEvent; cursor: string };

type List = (args: {
  after?: string;
  type?: EventType;
  limit: number;
}) => Promise<{ events: PraxTalkEvent[]; cursors: string[]; nextCursor: string; hasMore: boolean }>;

type Feed = {
  list: List;
  subscribe: (
    args: { type?: EventType },
    onCursor: (cursor: string | null) => void,
    onError: (error: PraxTalkError) => void,
  ) => Stop;
};

const PAGE = 50;

/** What is behind `after`, by pages, to the end. */
async function* pages(list: List, { after, type }: FollowOptions) {
  let from = after;
  for (let hasMore = true; hasMore;) {
    const page = await list({ after: from, type, limit: PAGE });
    const fed = page.events.map((event, index): FedEvent => {
      return { event, cursor: page.cursors[index] ?? page.nextCursor };
    });
    yield { fed, nextCursor: page.nextCursor };
    from = page.nextCursor;
    hasMore = page.hasMore;
  }
}

/** The events behind `after` that there are, to the end. */
export async function* readEvents(list: List, options: FollowOptions): AsyncGenerator<FedEvent, void> {
  for await (const { fed } of pages(list, options)) yield* fed;
}

/** Hands each event to `onEvent` and waits for it. An error of `onEvent` ends the following. */
export function followEvents(
  feed: Feed,
  onEvent: (event: PraxTalkEvent, cursor: string) => unknown,
  { after, type }: FollowOptions,
  onError: (error: PraxTalkError) => void,
): Stop {
  let cursor = after;
  let hasStarted = after !== undefined;
  let isStopped = false;
  let isReading = false;
  let isBehind = false;

  const stop = () => {
    isStopped = true;
    unsubscribe();
  };

  async function catchUp(): Promise<void> {
    isReading = true;
    try {
      while (isBehind && !isStopped) {
        isBehind = false;
        for await (const { fed, nextCursor } of pages(feed.list, { after: cursor, type })) {
          for (const { event, cursor: behind } of fed) {
            await onEvent(event, behind);
            if (isStopped) return;
          }
          cursor = nextCursor;
        }
      }
    } finally {
      isReading = false;
    }
  }

  function read(): void {
    isBehind = true;
    if (isReading || isStopped) return;
    catchUp().catch((cause: unknown) => {
      stop();
      onError(toPraxTalkError(cause));
    });
  }

  const unsubscribe = feed.subscribe(
    { type },
    (newest) => {
      if (hasStarted) return read();
      hasStarted = true;
      cursor = newest ?? undefined;
    },
    (error) => {
      stop();
      onError(error);
    },
  );
  return stop;
}
