/** Who is asking: from HTTP headers and from the socket's Authenticate message. */
import type { IncomingHttpHeaders } from "node:http";
import type { Identity } from "../runtime/types";
import type { JSONValue } from "../storage/types";
import { TokenRefused, type TokenVerifier } from "../auth/token-verifier";
import { SessionClosed } from "../sync/close-reason";
import type { AuthenticationResult } from "../sync/session";
import type { AuthenticateMessage } from "../sync/protocol";
import { AdminKey, splitActingAs } from "./admin-key";
import { ApiError } from "./api";

export class Authentication {
  readonly #adminKey: AdminKey;
  readonly #instanceName: string;

  readonly #tokens: Pick<TokenVerifier, "verify">;

  constructor(adminKey: string, instanceName: string, tokens: Pick<TokenVerifier, "verify">) {
    this.#adminKey = new AdminKey(adminKey);
    this.#instanceName = instanceName;
    this.#tokens = tokens;
  }

  /**
   * Identity of a request: `Convex <admin key>`, `Bearer <token>`, `?adminKey=`, or nobody. Throws ApiError or
   * TokenRefused.
   */
  async fromRequest(headers: IncomingHttpHeaders, url: URL): Promise<Identity> {
    const header = headers.authorization;
    const parameter = url.searchParams.get("adminKey");
    if (header === undefined) return parameter === null ? { kind: "none" } : this.admin(parameter);
    if (header.length < 7) {
      throw new ApiError(400, "InvalidHeaderFailure", "Invalid authentication header");
    }
    const space = header.indexOf(" ");
    const scheme = header.slice(0, space).toLowerCase();
    const value = header.slice(space + 1).trim();
    if (scheme === "convex") return this.admin(value);
    if (scheme === "bearer") return this.#tokens.verify(value);
    throw new ApiError(400, "InvalidAdminKey", "Invalid admin key");
  }

  /** Identity of `<key>[:<base64 attributes>]`. Throws ApiError. */
  admin(value: string): Identity {
    const { key, attributes } = splitActingAs(value);
    this.#checkAdminKey(key);
    if (attributes === null) return { kind: "admin" };
    return { kind: "admin", actingAs: userAttributes(decodeAttributes(attributes)) };
  }

  /** Refuses whoever is not the admin. */
  requireAdmin(identity: Identity): void {
    if (identity.kind === "admin") return;
    throw new ApiError(
      403,
      "BadDeployKey",
      `The provided deploy key was invalid for deployment '${this.#instanceName}'. Check that your deploy key is right for this deployment.`,
    );
  }

  /** Rejects with SessionClosed while an auth provider gives no answer: the token may be good. */
  async fromMessage(message: AuthenticateMessage): Promise<AuthenticationResult> {
    try {
      switch (message.tokenType) {
        case "None":
          return { identity: { kind: "none" } };
        case "User":
          return { identity: await this.#tokens.verify(message.value) };
        case "Admin": {
          this.#checkAdminKey(message.value);
          const { actingAs } = message;
          if (actingAs === null) return { identity: { kind: "admin" } };
          return { identity: { kind: "admin", actingAs: userAttributes(actingAs) } };
        }
        default:
          return message satisfies never;
      }
    } catch (error) {
      if (error instanceof TokenRefused && error.isOutage) throw new SessionClosed(error.status, error.code);
      if (error instanceof ApiError || error instanceof TokenRefused) return { rejected: error.message };
      throw error;
    }
  }

  #checkAdminKey(key: string): void {
    if (this.#adminKey.matches(key)) return;
    throw new ApiError(401, "BadAdminKey", "The provided admin key was invalid for this instance");
  }
}

function decodeAttributes(attributes: string): Record<string, JSONValue> {
  try {
    const value: unknown = JSON.parse(Buffer.from(attributes, "base64").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, JSONValue>;
    }
  } catch {
    // Falls through to the same refusal.
  }
  throw new ApiError(400, "InvalidAdminKey", "Invalid admin key");
}

/** An identity to act as needs a tokenIdentifier, or the issuer and subject that make one. */
function userAttributes(attributes: Record<string, JSONValue>): Record<string, JSONValue> {
  const { tokenIdentifier, issuer, subject } = attributes;
  if (typeof tokenIdentifier === "string") return attributes;
  if (typeof issuer === "string" && typeof subject === "string") {
    return { ...attributes, tokenIdentifier: `${issuer}|${subject}` };
  }
  throw new ApiError(
    400,
    "InvalidIdentity",
    'Either "tokenIdentifier" or "issuer" and "subject" must be set',
  );
}
