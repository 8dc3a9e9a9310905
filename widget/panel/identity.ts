import type { IdentityEventDetail } from "../api";
import type { Store } from "../shared/storage";
import type { FormValues } from "./form-fields";
import type { Link } from "./link";
import type { Refusal } from "../../lib/errors";
import { newVisitorKey } from "./random";
import { readVisitor, type VisitorRecord } from "./records";

/** What the page says of who is there, with the key that this person's chats open by in this browser. */
export type Claim = {
  identityToken: string;
  visitorKey: string;
  /** Of the browser while nobody was signed in: what was written then comes along. */
  earlierKey?: string;
};

export type IdentityEvents = {
  /** The server has taken the claim: the record is this person's. */
  onVerified: (record: VisitorRecord) => void;
  /** The person is another one, or nobody: nothing of the one before may stay. */
  onLeft: () => void;
  /** The site's session is over, and the page has not renewed it. */
  onExpired: () => void;
  onClaims: (values: Partial<FormValues>) => void;
  report: (detail: IdentityEventDetail) => void;
};

/** Who the visitor is, as the page has signed it. The token is the server's to judge; here only whose it is matters. */
export class Identity {
  #claim: (Claim & { user: string }) | null = null;
  #state: "none" | "pending" | "verified" | "expired" = "none";
  /** Whether the page has said anything yet. */
  #isTold = false;

  constructor(
    private readonly store: Store,
    private readonly link: Link,
    private readonly events: IdentityEvents,
  ) {}

  /** What the first message brings along; null when nobody is signed in. */
  get claim(): Claim | null {
    return this.#claim;
  }

  /** Nothing that is sent now would be taken. */
  get isExpired(): boolean {
    return this.#state === "expired";
  }

  /** The page's word: a token, or null for nobody. */
  set(token: string | null): void {
    this.#isTold = true;
    if (token !== null && token === this.#claim?.identityToken) return;
    const claims = token === null ? null : readClaims(token);
    const user = claims?.user ?? null;
    const pending = this.#claim;
    this.#claim = null;
    this.#state = "none";
    const before = readVisitor(this.store);
    if (before !== null && before.user !== null && before.user !== user) this.events.onLeft();
    if (token === null || claims === null) {
      if (token !== null) this.events.report({ status: "refused", reason: "The token is not a JWT." });
      return;
    }
    const record = readVisitor(this.store);
    const visitorKey =
      record?.user === user ? record.key : pending?.user === user ? pending.visitorKey : newVisitorKey();
    const isNew = record !== null && record.key !== visitorKey;
    this.#claim = {
      user: claims.user,
      identityToken: token,
      visitorKey,
      ...(isNew ? { earlierKey: record.key } : {}),
    };
    this.events.onClaims(claims.values);
    this.signIn();
  }

  /** Asks the server, again too where a connection was let go before it had answered. */
  signIn(): void {
    if (this.#claim && this.#state !== "verified") void this.#ask(this.#claim);
  }

  async #ask(claim: Claim): Promise<void> {
    this.#state = "pending";
    const { identityToken, visitorKey, earlierKey } = claim;
    const proof = { identityToken, visitorKey, ...(earlierKey === undefined ? {} : { earlierKey }) };
    const answer = await this.link.connect().signIn(proof);
    if (this.#claim !== claim) return;
    if ("conversationId" in answer) this.verified(identityToken, answer.conversationId);
    else this.refused(answer);
  }

  /** The server has taken the claim, on its own or with a first message. */
  verified(identityToken: string, conversationId: string | null): void {
    const claim = this.#claim;
    if (claim?.identityToken !== identityToken || this.#state === "verified") return;
    this.#state = "verified";
    this.events.onVerified({ key: claim.visitorKey, conversationId, user: claim.user });
    this.events.report({ status: "verified" });
  }

  /** The server has refused something; what does not concern identity changes nothing here. */
  refused({ code, message }: Pick<Refusal, "code" | "message">): void {
    if (code === "IDENTITY_EXPIRED") return this.expired(message);
    if (code !== "IDENTITY_INVALID" && code !== "CONFLICT" && code !== "NOT_CONFIGURED") return;
    this.#claim = null;
    this.#state = "none";
    this.events.report({ status: "refused", reason: message });
  }

  /** The server has told that the session is over; while a token is with it, that says nothing. */
  expired(reason: string): void {
    if (this.#state === "pending" || this.#state === "expired") return;
    this.#claim = null;
    // A page that never says who is there cannot say that they left either: the visitor begins anew.
    if (!this.#isTold) return this.events.onLeft();
    this.#state = "expired";
    this.events.onExpired();
    this.events.report({ status: "expired", reason });
  }
}

/** What a token claims, unchecked; null for what is no JWT. */
function readClaims(token: string): { user: string; values: Partial<FormValues> } | null {
  try {
    const [, body = ""] = token.split(".");
    const bytes = atob(body.replace(/-/g, "+").replace(/_/g, "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    const { sub, name, email, phone } = JSON.parse(text) as Record<string, unknown>;
    if (typeof sub !== "string") return null;
    const given = Object.entries({ name, email, phone }).filter(([, value]) => typeof value === "string");
    return { user: sub, values: Object.fromEntries(given) };
  } catch {
    return null;
  }
}
