import type { Ts } from "./types";

/** The token as JSON text. Inside a JSON string its quotes would be escaped, so this text is always the token. */
const TOKEN = '{"$commitTs":null}';

/** Puts the timestamp (an int64 of nanoseconds) in the place of each commit timestamp token of a JSON text. */
export function fillCommitTs(text: string, ts: Ts): string {
  if (!text.includes(TOKEN)) return text;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(ts);
  return text.replaceAll(TOKEN, `{"$integer":"${bytes.toString("base64")}"}`);
}
