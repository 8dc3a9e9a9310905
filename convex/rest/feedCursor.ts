/** Cursors of the change feed, the same for REST and for agent software. */
import { z } from "zod";
import type { FeedPosition } from "../model/feed";
import { decodeCursor, encodeCursor } from "./cursor";

/** As deployments write ids. */
export const rowId = z.string().regex(/^[0-9a-z]+$/);

/** An int64 of nanoseconds. */
const digits = z
  .string()
  .refine((text) => /^[0-9]{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text));

const placeInFeed = z
  .union([z.tuple([digits]), z.tuple([digits, z.number(), rowId])])
  .transform(([at, createdAt, id]): FeedPosition => ({
    at: BigInt(at),
    row: createdAt === undefined || id === undefined ? null : { createdAt, id },
  }));

type Filters = { type?: string };

/** The place in the feed; null without a cursor. */
export function decodeFeedCursor(cursor: string | undefined, filters: Filters): FeedPosition | null {
  return cursor === undefined ? null : decodeCursor(cursor, "events", filters, placeInFeed);
}

export function encodeFeedCursor({ at, row }: FeedPosition, filters: Filters): string {
  return encodeCursor("events", filters, row === null ? [String(at)] : [String(at), row.createdAt, row.id]);
}
