/** Cursors: where a list stands, with what the list was asked for. Opaque to clients, and no secret. */
import type { z } from "zod";
import { crc32Hex } from "../logic/tokens";
import { refusal } from "../errors";

const VERSION = "c1";

/** Two requests with the same filters are pages of one list. */
function fingerprint(list: string, filters: Record<string, unknown>): string {
  const ascii = encodeURIComponent(JSON.stringify([list, Object.entries(filters).sort()]));
  return crc32Hex(ascii);
}

export function encodeCursor(
  list: string,
  filters: Record<string, unknown>,
  place: readonly (string | number)[],
): string {
  const text = JSON.stringify([VERSION, fingerprint(list, filters), ...place]);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The place in a cursor of this list; anything else is refused. */
export function decodeCursor<Place extends z.ZodType>(
  cursor: string,
  list: string,
  filters: Record<string, unknown>,
  place: Place,
): z.output<Place> {
  const [version, of, ...rest] = parts(cursor);
  const parsed = place.safeParse(rest);
  if (version !== VERSION || of !== fingerprint(list, filters) || !parsed.success) throw invalid();
  return parsed.data;
}

function parts(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}

const invalid = () =>
  refusal(
    "INVALID_CURSOR",
    "This cursor is not one that this list gave with these filters. Start again without it.",
  );
