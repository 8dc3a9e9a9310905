/** Turns a query's result into the bytes that its watchers are sent: once per result, however many they are. */
import { createHash } from "node:crypto";
import { clientFailure, clientLogLines } from "../http/redaction";
import { encodeQueryFailed, encodeQueryUpdated, type ModificationBody } from "./protocol";
import type { QueryResult } from "./query-result";

export type Payload = {
  body: ModificationBody;
  /** Equal for results that a client cannot tell apart; request ids do not count. */
  digest: string;
};

export class Payloads {
  readonly #redact: boolean;
  readonly #made = new WeakMap<QueryResult, Payload>();

  constructor(redact: boolean) {
    this.#redact = redact;
  }

  of(result: QueryResult): Payload {
    let payload = this.#made.get(result);
    if (payload === undefined) {
      payload = this.#make(result);
      this.#made.set(result, payload);
    }
    return payload;
  }

  #make(result: QueryResult): Payload {
    const { settled, journal, requestId } = result;
    const logLines = clientLogLines(result.logLines, this.#redact);
    if (settled.ok) {
      const body = encodeQueryUpdated(settled.value, logLines, journal);
      return { body, digest: digest(body) };
    }
    const failure = clientFailure(settled.failure, requestId, this.#redact);
    const body = encodeQueryFailed(failure, logLines, journal);
    const timeless = clientFailure(settled.failure, "", this.#redact);
    return { body, digest: digest(encodeQueryFailed(timeless, logLines, journal)) };
  }
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}
