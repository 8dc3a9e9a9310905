/** From a user's token to an identity: which provider it is of, whether that signed it, whether it is valid now. */
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
} from "jose";
import type { Identity } from "../runtime/types";
import type { JSONObject } from "../storage/types";
import { customJwtIdentity, oidcIdentity, type VerifiedClaims } from "./claims";
import { ProviderDocuments, ProviderFetchFailed, type ProviderDocument } from "./provider-documents";
import { describeProvider, providerOf, type AuthProvider } from "./providers";

export type UserIdentity = Extract<Identity, { kind: "user" }>;

/** Why a token is no identity. `status` 400, 401 or 403: it is the token's fault, or the provider's for good. */
export class TokenRefused extends Error {
  override name = "TokenRefused";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Nothing is known against the token: the same one may pass later. */
  get isOutage(): boolean {
    return ![400, 401, 403].includes(this.status);
  }
}

export type TokenVerifierOptions = {
  /** Leave out of error texts which providers and keys there are. */
  redact: boolean;
  /** Unix ms. */
  now: () => number;
  documents?: ProviderDocuments;
};

type Oidc = Extract<AuthProvider, { type: "oidc" }>;
type CustomJwt = Extract<AuthProvider, { type: "customJwt" }>;
type Keys = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => Promise<CryptoKey>;

/** Longer tokens are not looked at, in characters; HTTP headers end there too. */
const MAX_TOKEN = 64 * 1024;
/** Clocks of provider and deployment may differ by this, s. */
const CLOCK_TOLERANCE = 5;
const OIDC_ALGORITHMS = ["RS256", "EdDSA"];
const JWKS_TYPES = ["application/json", "application/jwk-set+json"];

export class TokenVerifier {
  readonly #redact: boolean;
  readonly #now: () => number;
  readonly #documents: ProviderDocuments;
  readonly #listeners = new Set<() => void>();
  /** Key sets made from documents: importing keys takes longer than checking a signature. */
  readonly #keySets = new WeakMap<ProviderDocument, Keys>();
  readonly #dataUrls = new Map<string, ProviderDocument>();
  #providers: readonly AuthProvider[] = [];

  constructor({ redact, now, documents }: TokenVerifierOptions) {
    this.#redact = redact;
    this.#now = now;
    this.#documents = documents ?? new ProviderDocuments({ now });
  }

  /** From now on tokens of these providers count, and no others. */
  setProviders(providers: readonly AuthProvider[]): void {
    if (JSON.stringify(providers) === JSON.stringify(this.#providers)) return;
    this.#providers = providers;
    this.#dataUrls.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after each change of the providers. */
  onProvidersChanged(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Rejects with TokenRefused. */
  async verify(token: string): Promise<UserIdentity> {
    const { provider, issuer } = this.#providerOf(token);
    if (provider.type === "oidc") return this.#verifyOidc(token, provider, issuer);
    return this.#verifyCustomJwt(token, provider, issuer);
  }

  /** By claims that nobody has vouched for yet: at worst they lead to a provider that did not sign them. */
  #providerOf(token: string): { provider: AuthProvider; issuer: string } {
    if (token.length > MAX_TOKEN) throw invalid(`The token is longer than ${MAX_TOKEN} characters.`);
    let claims: JWTPayload;
    try {
      claims = decodeJwt(token);
    } catch {
      throw invalid(
        "Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots.",
      );
    }
    const { iss: issuer, aud } = claims;
    if (typeof issuer !== "string") {
      throw invalid(
        "Missing issuer claim ('iss') in JWT payload. The JWT must include an 'iss' claim that matches one of your configured auth providers.",
      );
    }
    const audiences = [aud ?? []].flat().filter((audience) => typeof audience === "string");
    const provider = providerOf(this.#providers, issuer, audiences);
    if (provider === undefined) throw new TokenRefused(401, "NoAuthProvider", this.#noProviderText());
    return { provider, issuer };
  }

  #noProviderText(): string {
    const text = "No auth provider found matching the given token";
    if (this.#redact) return text;
    if (this.#providers.length === 0) {
      return `${text} (no providers configured). Check convex/auth.config.ts.`;
    }
    const known = this.#providers.map(describeProvider).join(", ");
    return `${text}. Check that your JWT's issuer and audience match one of your configured providers: [${known}]`;
  }

  async #verifyOidc(token: string, provider: Oidc, issuer: string): Promise<UserIdentity> {
    const jwksUrl = await this.#discover(issuer);
    const refused = new TokenRefused(
      401,
      "Unauthenticated",
      "Could not verify OIDC token claim. Check that the token signature is valid and the token hasn't expired.",
    );
    const found = await this.#fetched(jwksUrl, (error) => discoveryFailed(issuer, error));
    const claims = await this.#verified(token, jwksUrl, found, {
      algorithms: OIDC_ALGORITHMS,
      issuer,
      audience: provider.applicationID,
    }).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? refused : error;
    });
    // One audience only, and the token has to be valid to the very second.
    const isForUsAlone = [claims.aud ?? []].flat().length === 1;
    if (!isForUsAlone || claims.exp * 1000 <= this.#now()) throw refused;
    const identity = oidcIdentity(claims);
    if (identity === null) throw refused;
    return userIdentity(identity, claims, token);
  }

  /** Address of the provider's key set. */
  async #discover(issuer: string): Promise<string> {
    const failed = (why: string) => discoveryFailed(issuer, new ProviderFetchFailed(why, 400));
    const base = issuer.endsWith("/") ? issuer : `${issuer}/`;
    const url = `${base}.well-known/openid-configuration`;
    if (!URL.canParse(url)) throw failed("the issuer is no URL");
    const { value } = await this.#fetched(url, (error) => discoveryFailed(issuer, error));
    const metadata = (value ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer) throw failed("it names another issuer");
    const { jwks_uri: jwksUrl } = metadata;
    if (typeof jwksUrl !== "string" || !URL.canParse(jwksUrl)) throw failed("it names no jwks_uri");
    const { protocol } = new URL(jwksUrl);
    if (protocol !== "https:" && protocol !== new URL(url).protocol) {
      throw failed(`its jwks_uri leads to ${protocol}`);
    }
    return jwksUrl;
  }

  async #verifyCustomJwt(token: string, provider: CustomJwt, issuer: string): Promise<UserIdentity> {
    const found = await this.#customKeys(provider.jwks);
    const claims = await this.#verified(token, provider.jwks, found, {
      algorithms: [provider.algorithm],
      issuer,
      ...(provider.applicationID === null ? {} : { audience: provider.applicationID }),
    }).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? this.#customRefusal(error) : error;
    });
    const identity = customJwtIdentity(claims);
    if (identity === null) {
      throw invalid(
        "Could not verify token claim. Check that the JWT contains valid claims and matches your auth provider configuration.",
      );
    }
    return userIdentity(identity, claims, token);
  }

  #customRefusal(error: errors.JOSEError): TokenRefused {
    if (error instanceof errors.JWTExpired) return invalid("Could not validate token: Token expired");
    if (error instanceof errors.JWTClaimValidationFailed) {
      return error.reason === "missing"
        ? invalid(`Missing claim ('${error.claim}') in JWT payload.`)
        : invalid(`Could not validate token: ${error.message}`);
    }
    if (this.#redact)
      return invalid("Could not decode token. The JWT's key or signature is not the provider's.");
    return invalid(
      `Could not decode token (${error.message}). Does the JWT's 'kid' (key ID) header match a key of the provider's JWKS, and its 'alg' the configured algorithm?`,
    );
  }

  async #customKeys(jwks: string): Promise<ProviderDocument> {
    if (isDataUrl(jwks)) return this.#dataUrl(jwks);
    const document = await this.#fetched(jwks, (error) => {
      const text = `Could not fetch JWKS from URL '${jwks}': ${error.message}. Check that the URL is correct and accessible.`;
      return error.isOutage ? new TokenRefused(503, "InvalidAuthHeader", text) : invalid(text);
    });
    const type = document.contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    if (JWKS_TYPES.includes(type)) return document;
    throw invalid(
      `Invalid Content-Type '${document.contentType || "unknown"}' when fetching JWKS from '${jwks}'. Expected 'application/json' or 'application/jwk-set+json'.`,
    );
  }

  /** What a `data:` URL holds; its media type does not matter. */
  async #dataUrl(url: string): Promise<ProviderDocument> {
    let document = this.#dataUrls.get(url);
    if (document === undefined) {
      try {
        document = { value: await (await fetch(url)).json(), contentType: "" };
      } catch {
        throw invalid(
          "Invalid JWKS data URL. Check that the data URL is properly formatted and contains valid base64-encoded JSON.",
        );
      }
      this.#dataUrls.set(url, document);
    }
    return document;
  }

  async #fetched(
    url: string,
    refusal: (error: ProviderFetchFailed) => TokenRefused,
  ): Promise<ProviderDocument> {
    try {
      return await this.#documents.get(url);
    } catch (error) {
      throw error instanceof ProviderFetchFailed ? refusal(error) : error;
    }
  }

  /** Rejects with TokenRefused for unusable keys, with JOSEError for a token that they do not vouch for. */
  async #verified(
    token: string,
    url: string,
    document: ProviderDocument,
    options: JWTVerifyOptions,
  ): Promise<VerifiedClaims & { exp: number; aud?: string | string[] }> {
    const keys: Keys = async (header, jws) => {
      try {
        return await this.#keySet(url, document)(header, jws);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || isDataUrl(url)) throw error;
        // A key that is not known yet: the provider may have changed its keys.
        const newer = await this.#documents.newerThan(url, document);
        if (newer === document) throw error;
        return this.#keySet(url, newer)(header, jws);
      }
    };
    const { payload } = await jwtVerify(token, keys, {
      ...options,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(this.#now()),
      requiredClaims: ["exp", "iss", "sub"],
    });
    return payload as VerifiedClaims & { exp: number };
  }

  #keySet(url: string, document: ProviderDocument): Keys {
    let keys = this.#keySets.get(document);
    if (keys === undefined) {
      try {
        keys = createLocalJWKSet(document.value as JSONWebKeySet);
      } catch {
        throw invalid(
          `Invalid JWKS response body from '${url}'. The response is not valid JSON or doesn't match the expected JWKS format.`,
        );
      }
      this.#keySets.set(document, keys);
    }
    return keys;
  }
}

function isDataUrl(url: string): boolean {
  return new URL(url).protocol === "data:";
}

function invalid(message: string): TokenRefused {
  return new TokenRefused(401, "InvalidAuthHeader", message);
}

/** The provider's own status, where it answered with one. */
function discoveryFailed(issuer: string, error: ProviderFetchFailed): TokenRefused {
  const status = error.isOutage ? 503 : Math.max(error.status ?? 400, 400);
  const message = `Auth provider discovery of ${issuer} failed: ${error.message}`;
  return new TokenRefused(status, "AuthProviderDiscoveryFailed", message);
}

function userIdentity(identity: JSONObject, { exp }: { exp: number }, token: string): UserIdentity {
  return { kind: "user", claims: identity, expiresAt: exp * 1000, token };
}
