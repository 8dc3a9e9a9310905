import { CursorCodec, queryFingerprint, type CursorPosition } from "./cursor";
import { DatabaseError } from "./errors";
import type { KeyBounds } from "./index-scan";
import { MAX_PAGE_SIZE, type Limits } from "./limits";
import type { QueryPlan } from "./query-plan";
import { QueryStream } from "./query-stream";
import type { Page, PageOptions, SerializedQuery } from "./query-types";
import type { StreamContext } from "./stream-context";

/** Above this share of a read limit, or this many rows, clients are told to split the page in two. */
const SPLIT_SHARE = 0.75;
const SPLIT_ROWS = 6_144;

export function checkPageOptions({ pageSize, maximumRowsRead, maximumBytesRead }: PageOptions): void {
  if (pageSize < 1) {
    throw new DatabaseError("InvalidArgument", "Must request at least 1 document while paginating");
  }
  if (pageSize > MAX_PAGE_SIZE) {
    throw new DatabaseError("InvalidArgument", `Requested too many items: ${pageSize}`);
  }
  if (maximumRowsRead === 0 || maximumBytesRead === 0) {
    throw new DatabaseError("InvalidArgument", "maximumRowsRead and maximumBytesRead must be greater than 0");
  }
}

/** One page of a query. `plan` null: the table does not exist, the page is empty and the last. */
export function readPage(
  plan: QueryPlan | null,
  query: SerializedQuery,
  options: PageOptions,
  limits: Limits,
  cursorKey: Buffer,
  context: StreamContext,
): Page {
  const codec = new CursorCodec(cursorKey);
  const fingerprint = queryFingerprint([query.source, query.operators, planFields(plan)]);
  const start = options.cursor === null ? null : codec.decode(options.cursor, fingerprint);
  const end = options.endCursor === null ? null : codec.decode(options.endCursor, fingerprint);
  const encode = (position: CursorPosition): string => codec.encode(position, fingerprint);
  if (plan === null || start?.type === "end") return lastPage([], encode);

  const maximumRows = options.maximumRowsRead ?? limits.documentsRead;
  const maximumBytes = options.maximumBytesRead ?? limits.bytesRead;
  const stream = new QueryStream(plan, query.operators, context, pageBounds(plan, start, end));
  const page: string[] = [];
  const keys: string[] = [];
  let bytes = 0;
  let position: CursorPosition = end ?? { type: "end" };
  let stoppedByLimit = false;
  for (;;) {
    const lastKey = keys.at(-1) ?? (start?.type === "after" ? start.key : null);
    if (end === null && page.length >= options.pageSize && lastKey !== null) {
      position = { type: "after", key: lastKey };
      break;
    }
    if (keys.length >= maximumRows || bytes >= maximumBytes) {
      stoppedByLimit = true;
      if (end === null && lastKey !== null) position = { type: "after", key: lastKey };
      break;
    }
    const row = stream.nextRow();
    if (row === null) break;
    keys.push(row.key);
    bytes += row.size;
    if (row.text !== null) page.push(row.text);
  }
  stream.close();
  const recommended =
    keys.length > maximumRows * SPLIT_SHARE || bytes > maximumBytes * SPLIT_SHARE || page.length > SPLIT_ROWS;
  return {
    page,
    isDone: position.type === "end",
    continueCursor: encode(position),
    // Two halves of a search would each cost the whole search.
    splitCursor: plan.type === "search" ? null : splitCursor(keys, encode),
    pageStatus: stoppedByLimit ? "SplitRequired" : recommended ? "SplitRecommended" : null,
  };
}

/** The indexed fields: a cursor of an index that changed is of another query. */
function planFields(plan: QueryPlan | null): string[] | null {
  if (plan?.type === "search") return [plan.index.searchField, ...plan.index.filterFields];
  return plan?.index?.fields ?? null;
}

function lastPage(page: string[], encode: (position: CursorPosition) => string): Page {
  return { page, isDone: true, continueCursor: encode({ type: "end" }), splitCursor: null, pageStatus: null };
}

/** The query's bounds, less what lies before `start` and beyond `end`. */
function pageBounds(
  { bounds, reverse }: QueryPlan,
  start: CursorPosition | null,
  end: CursorPosition | null,
): KeyBounds {
  let { lo, hi } = bounds;
  if (start?.type === "after") {
    if (reverse) hi = start.key;
    else lo = `${start.key}\0`;
  }
  if (end?.type === "after") {
    if (reverse) lo = end.key;
    else hi = `${end.key}\0`;
  }
  return { lo, hi };
}

/** After the middle one of the rows read, if there are rows enough for two pages. */
function splitCursor(keys: readonly string[], encode: (position: CursorPosition) => string): string | null {
  const middle = keys[Math.floor((keys.length - 1) / 2)];
  return keys.length <= 2 || middle === undefined ? null : encode({ type: "after", key: middle });
}
