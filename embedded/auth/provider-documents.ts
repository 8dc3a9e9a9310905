/**
 * JSON documents of auth providers (discovery, key sets), fetched and kept as long as their headers say. Anybody can
 * make a token that names a provider, so how often a provider is asked never depends on how many tokens come in.
 */

export type ProviderDocument = { readonly value: unknown; readonly contentType: string };

/** `status`: what the provider answered with; null when no answer could be had from it. */
export class ProviderFetchFailed extends Error {
  override name = "ProviderFetchFailed";
  constructor(
    message: string,
    readonly status: number | null,
  ) {
    super(message);
  }

  /** The provider is at fault, perhaps for a moment only. */
  get isOutage(): boolean {
    return this.status === null || this.status >= 500 || this.status === 429;
  }
}

export type ProviderDocumentsOptions = {
  /** Unix ms. */
  now: () => number;
  /** Time that a provider has to answer, ms. Default 5 s. */
  timeoutMs?: number;
};

type Entry = { document: ProviderDocument; fetchedAt: number; freshUntil: number };

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 512 * 1024;
const MAX_REDIRECTS = 3;
/** Freshness of documents whose headers say nothing, and bounds of what headers may say, ms. */
const DEFAULT_FRESH = 5 * 60_000;
const MIN_FRESH = 5_000;
const MAX_FRESH = 24 * 60 * 60_000;
/** A document is used so long after it went stale while its provider does not answer, ms. */
const MAX_STALE = 24 * 60 * 60_000;
/** After a failure the next attempt waits so long, ms. */
const FAILURE_PAUSE = 1_000;
/** A document is fetched before its time no more often than this, ms. */
const REFRESH_PAUSE = 5_000;
/** Documents kept; discovery documents may name ever new addresses. */
const MAX_DOCUMENTS = 200;

export class ProviderDocuments {
  readonly #now: () => number;
  readonly #timeoutMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #failures = new Map<string, { error: ProviderFetchFailed; at: number }>();
  readonly #underWay = new Map<string, Promise<Entry>>();

  constructor({ now, timeoutMs = TIMEOUT_MS }: ProviderDocumentsOptions) {
    this.#now = now;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with ProviderFetchFailed. During an outage the last document serves on for a day. */
  async get(url: string): Promise<ProviderDocument> {
    const known = this.#entries.get(url);
    const now = this.#now();
    if (known !== undefined && now < known.freshUntil) return known.document;
    try {
      return (await this.#fetchOnce(url)).document;
    } catch (error) {
      const isOutage = error instanceof ProviderFetchFailed && error.isOutage;
      if (known !== undefined && isOutage && now < known.freshUntil + MAX_STALE) return known.document;
      throw error;
    }
  }

  /** A newer document than `known`; `known` itself while its provider was asked a moment ago or does not answer. */
  async newerThan(url: string, known: ProviderDocument): Promise<ProviderDocument> {
    const entry = this.#entries.get(url);
    if (entry !== undefined && entry.document !== known) return entry.document;
    if (entry !== undefined && this.#now() < entry.fetchedAt + REFRESH_PAUSE) return known;
    try {
      return (await this.#fetchOnce(url)).document;
    } catch (error) {
      if (error instanceof ProviderFetchFailed) return known;
      throw error;
    }
  }

  /** One request at a time for each address, and none right after one that failed. */
  #fetchOnce(url: string): Promise<Entry> {
    const failure = this.#failures.get(url);
    if (failure !== undefined && this.#now() < failure.at + FAILURE_PAUSE) {
      return Promise.reject(failure.error);
    }
    let fetching = this.#underWay.get(url);
    if (fetching === undefined) {
      fetching = this.#fetch(url).finally(() => this.#underWay.delete(url));
      this.#underWay.set(url, fetching);
    }
    return fetching;
  }

  async #fetch(url: string): Promise<Entry> {
    try {
      const entry = await this.#load(url);
      this.#failures.delete(url);
      keepNewest(this.#entries, url, entry);
      return entry;
    } catch (thrown) {
      const error = asFetchFailure(thrown);
      keepNewest(this.#failures, url, { error, at: this.#now() });
      throw error;
    }
  }

  async #load(url: string): Promise<Entry> {
    const response = await follow(url, AbortSignal.timeout(this.#timeoutMs));
    const text = await readText(response);
    if (response.status !== 200) {
      const status = `${response.status} ${response.statusText}`.trim();
      throw new ProviderFetchFailed(`HTTP ${status}`, response.status);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new ProviderFetchFailed("the answer is not JSON", response.status);
    }
    const fetchedAt = this.#now();
    const contentType = response.headers.get("content-type") ?? "";
    return {
      document: { value, contentType },
      fetchedAt,
      freshUntil: fetchedAt + freshFor(response.headers),
    };
  }
}

/** Redirects lead to the same scheme or up to https, and not without end. */
async function follow(url: string, signal: AbortSignal): Promise<Response> {
  let target = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(target.href, {
      redirect: "manual",
      signal,
      headers: { Accept: "application/json, application/jwk-set+json" },
    });
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, target.href))
      throw new ProviderFetchFailed("it redirects to no address", 502);
    const next = new URL(location, target);
    if (next.protocol !== target.protocol && next.protocol !== "https:") {
      throw new ProviderFetchFailed(`it redirects from ${target.protocol} to ${next.protocol}`, 502);
    }
    target = next;
  }
  throw new ProviderFetchFailed("it redirects too often", 502);
}

async function readText({ body, status }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > MAX_BYTES)
      throw new ProviderFetchFailed(`the answer is larger than ${MAX_BYTES} bytes`, status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** ms, by Cache-Control and Age. */
function freshFor(headers: Headers): number {
  const control = headers.get("cache-control")?.toLowerCase() ?? "";
  if (/\bno-(?:store|cache)\b/.test(control)) return MIN_FRESH;
  const maxAge = /\bmax-age=(\d{1,9})\b/.exec(control)?.[1];
  if (maxAge === undefined) return DEFAULT_FRESH;
  const age = Number(headers.get("age") ?? 0) || 0;
  return Math.min(Math.max((Number(maxAge) - age) * 1000, MIN_FRESH), MAX_FRESH);
}

function asFetchFailure(thrown: unknown): ProviderFetchFailed {
  if (thrown instanceof ProviderFetchFailed) return thrown;
  if (!(thrown instanceof Error)) return new ProviderFetchFailed(String(thrown), null);
  if (thrown.name === "TimeoutError") return new ProviderFetchFailed("it does not answer in time", null);
  const { cause } = thrown;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : thrown.message;
  return new ProviderFetchFailed(`it cannot be reached (${code})`, null);
}

/** Sets the entry as the newest; the oldest makes room. */
function keepNewest<T>(entries: Map<string, T>, url: string, entry: T): void {
  entries.delete(url);
  entries.set(url, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= MAX_DOCUMENTS) break;
    entries.delete(oldest);
  }
}
