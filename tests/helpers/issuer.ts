/** An auth provider on this machine: a real HTTP server with discovery and a key set, and tokens signed by jose. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";

export type Algorithm = "RS256" | "ES256" | "EdDSA";

type Key = { kid: string; algorithm: Algorithm; privateKey: CryptoKey; publicJwk: JWK };

export type TokenOptions = {
  /** s from now; null: none. */
  expiresIn?: number | null;
  notBefore?: number;
  /** In the header; null: none. */
  kid?: string | null;
};

export class Issuer {
  /** Requests so far, by path. */
  readonly requests = new Map<string, number>();
  /** Set: answers every request in place of the documents. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  cacheControl: string | null = "max-age=3600";
  readonly #server = createServer((request, response) => this.#serve(request, response));
  #keys: Key[] = [];
  #url = "";
  #lastKid = 0;

  /** `algorithm`: of its first key. */
  static async start(algorithm: Algorithm = "RS256"): Promise<Issuer> {
    const issuer = new Issuer();
    await issuer.listen(0);
    await issuer.rotate(algorithm);
    return issuer;
  }

  get url(): string {
    return this.#url;
  }

  get jwksUrl(): string {
    return `${this.#url}/jwks.json`;
  }

  get jwks(): { keys: JWK[] } {
    return { keys: this.#keys.map(({ publicJwk }) => publicJwk) };
  }

  get key(): Key {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error("The issuer has no key.");
    return key;
  }

  requestsTo(path: string): number {
    return this.requests.get(path) ?? 0;
  }

  /** From now on signs with a new key; the old ones are gone. */
  async rotate(algorithm: Algorithm = "RS256"): Promise<void> {
    const kid = `key${++this.#lastKid}`;
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" };
    this.#keys = [{ kid, algorithm, privateKey, publicJwk }];
  }

  /** A token of this issuer for "app" and "ada", where the claims say nothing else. */
  async token(claims: JWTPayload = {}, options: TokenOptions = {}): Promise<string> {
    const { kid, algorithm, privateKey } = this.key;
    const now = Math.floor(Date.now() / 1000);
    const { expiresIn = 3600, notBefore } = options;
    const header = options.kid === null ? {} : { kid: options.kid ?? kid };
    const payload: JWTPayload = {
      iss: this.#url,
      aud: "app",
      sub: "ada",
      iat: now,
      ...(expiresIn === null ? {} : { exp: now + expiresIn }),
      ...(notBefore === undefined ? {} : { nbf: now + notBefore }),
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, typ: "JWT", ...header })
      .sign(privateKey);
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Refuses connections until `listen`. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    this.requests.set(path, this.requestsTo(path) + 1);
    if (this.answer !== null) return this.answer(request, response);
    const documents: Record<string, object> = {
      "/.well-known/openid-configuration": { issuer: this.#url, jwks_uri: this.jwksUrl },
      "/jwks.json": this.jwks,
    };
    const document = documents[path];
    if (document === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (this.cacheControl !== null) response.setHeader("Cache-Control", this.cacheControl);
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.end(JSON.stringify(document));
  }
}
