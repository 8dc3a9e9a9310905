/** Which tokens are an identity: against a real HTTP issuer, with a clock of its own. */
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { base64url, exportSPKI, importJWK, type CryptoKey } from "jose";
import { parseProviders } from "@/embedded/auth/providers";
import { ProviderDocuments } from "@/embedded/auth/provider-documents";
import { TokenVerifier } from "@/embedded/auth/token-verifier";
import type { JSONValue } from "@/embedded/storage/types";
import { Issuer } from "../../../helpers/issuer";

let issuer: Issuer;
let other: Issuer;
/** ms that the verifier's clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  issuer = await Issuer.start();
  other = await Issuer.start("ES256");
});
afterAll(() => Promise.all([issuer.stop(), other.stop()]));
beforeEach(() => (ahead = 0));
afterEach(() => {
  issuer.answer = null;
  issuer.cacheControl = "max-age=3600";
  issuer.requests.clear();
});

function verifier(providers: JSONValue[], { redact = false, timeoutMs = 5_000 } = {}): TokenVerifier {
  const now = () => Date.now() + ahead;
  const made = new TokenVerifier({ redact, now, documents: new ProviderDocuments({ now, timeoutMs }) });
  made.setProviders(parseProviders(providers));
  return made;
}

const oidc = (domain = issuer.url) => ({ domain, applicationID: "app" });
const customJwt = (changes: Record<string, JSONValue> = {}) => ({
  type: "customJwt",
  issuer: other.url,
  jwks: other.jwksUrl,
  algorithm: "ES256",
  applicationID: "app",
  ...changes,
});
const dataUrl = (jwks: object) =>
  `data:application/json;base64,${Buffer.from(JSON.stringify(jwks)).toString("base64")}`;

const UNVERIFIED = {
  status: 401,
  code: "Unauthenticated",
  message:
    "Could not verify OIDC token claim. Check that the token signature is valid and the token hasn't expired.",
};

/** A compact token with this header and payload, signed by `sign`. */
function compact(header: object, payload: object, sign: (input: string) => string): string {
  const input = [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join(".");
  return `${input}.${sign(input)}`;
}
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
const claims = () => ({ iss: issuer.url, aud: "app", sub: "ada", exp: seconds(60) });

describe("a token of an OIDC provider", () => {
  test("is an identity with standard claims in camelCase and the others by their own names", async () => {
    const token = await issuer.token({
      jti: "1",
      nonce: "n",
      azp: "z",
      auth_time: 5,
      fva: [1, 2],
      name: "Ada",
      given_name: "Ada",
      preferred_username: "al",
      profile: "https://a/p",
      picture: "https://a/i",
      birthdate: "1815-12-10",
      zoneinfo: "Europe/London",
      locale: "en",
      email: "ada@example.test",
      email_verified: true,
      phone_number: 5,
      address: { formatted: "12 St James's Square", country: "UK" },
      updated_at: 1_294_262_580,
      org: { id: "o", roles: ["admin"] },
      tokenIdentifier: "someone|else",
      subject: "bob",
    });
    const identity = await verifier([oidc()]).verify(token);
    expect(identity.claims).toEqual({
      tokenIdentifier: `${issuer.url}|ada`,
      issuer: issuer.url,
      subject: "ada",
      name: "Ada",
      givenName: "Ada",
      preferredUsername: "al",
      profileUrl: "https://a/p",
      pictureUrl: "https://a/i",
      birthday: "1815-12-10",
      timezone: "Europe/London",
      language: "en",
      email: "ada@example.test",
      emailVerified: true,
      address: "12 St James's Square",
      updatedAt: "2011-01-05T21:23:00+00:00",
      org: { id: "o", roles: ["admin"] },
    });
    expect(identity.token).toBe(token);
  });

  test("is the same identity after a refresh", async () => {
    const verify = verifier([oidc()]);
    const first = await verify.verify(await issuer.token({ iat: seconds(-9) }));
    expect((await verify.verify(await issuer.token({ iat: seconds(0) }))).claims).toEqual(first.claims);
  });

  test("may be signed by Ed25519, and the provider's address may lack scheme or slash", async () => {
    const ed = await Issuer.start("EdDSA");
    const verify = verifier([oidc(`${ed.url}/`)]);
    expect((await verify.verify(await ed.token())).claims["subject"]).toBe("ada");
    await ed.stop();
  });

  test.each<[string, () => Promise<string> | string]>([
    ["is expired", () => issuer.token({}, { expiresIn: -1 })],
    ["never expires", () => issuer.token({}, { expiresIn: null })],
    ["is not valid yet", () => issuer.token({}, { notBefore: 30 })],
    ["is of nobody", () => issuer.token({ sub: undefined })],
    ["is for others as well", () => issuer.token({ aud: ["app", "other"] })],
    ["has an unknown key", () => issuer.token({}, { kid: "other" })],
    [
      "was changed",
      async () => {
        const [header, , signature] = (await issuer.token()).split(".");
        return `${header}.${base64url.encode(JSON.stringify({ ...claims(), sub: "eve" }))}.${signature}`;
      },
    ],
    ["is signed by nobody", () => compact({ alg: "none" }, claims(), () => "")],
    [
      "is signed with the public key as a secret",
      async () => {
        const publicKey = (await importJWK(issuer.key.publicJwk, "RS256")) as CryptoKey;
        const pem = await exportSPKI(publicKey);
        const header = { alg: "HS256", kid: issuer.key.kid };
        return compact(header, claims(), (input) =>
          createHmac("sha256", pem).update(input).digest("base64url"),
        );
      },
    ],
    [
      "has critical headers that nobody knows",
      () => compact({ alg: "RS256", kid: issuer.key.kid, crit: ["x"], x: 1 }, claims(), () => "AAAA"),
    ],
    [
      "brings its own key",
      async () => {
        const evil = await Issuer.start();
        const [, payload, signature] = (await evil.token({ iss: issuer.url })).split(".");
        await evil.stop();
        const header = { alg: "RS256", kid: evil.key.kid, jwk: evil.key.publicJwk, jku: evil.jwksUrl };
        return `${base64url.encode(JSON.stringify(header))}.${payload}.${signature}`;
      },
    ],
  ])("is refused when it %s", async (_what, token) => {
    await expect(verifier([oidc()]).verify(await token())).rejects.toMatchObject(UNVERIFIED);
  });

  test("is refused when its algorithm is none for ID tokens", async () => {
    const verify = verifier([oidc(other.url)]);
    await expect(verify.verify(await other.token())).rejects.toMatchObject(UNVERIFIED);
  });

  test("that starts in a moment is valid: clocks differ", async () => {
    const token = await issuer.token({}, { notBefore: 3 });
    expect((await verifier([oidc()]).verify(token)).claims["subject"]).toBe("ada");
  });
});

describe("a token of a custom JWT provider", () => {
  test("is an identity with its private claims, nested ones by dotted names", async () => {
    const token = await other.token({
      jti: "1",
      email: "a@b",
      org: { id: 7, deep: { er: [1] } },
      issuer: "x",
    });
    const { claims: identity, expiresAt } = await verifier([customJwt()]).verify(token);
    expect(identity).toEqual({
      tokenIdentifier: `${other.url}|ada`,
      issuer: other.url,
      subject: "ada",
      email: "a@b",
      "org.id": 7,
      "org.deep.er": [1],
    });
    expect(expiresAt).toBeGreaterThan(Date.now());
  });

  test("may be checked by the keys of a data URL, without any request", async () => {
    other.requests.clear();
    const verify = verifier([customJwt({ jwks: dataUrl(other.jwks) })]);
    await verify.verify(await other.token());
    await expect(verify.verify(await other.token({}, { kid: "unknown" }))).rejects.toMatchObject({
      status: 401,
      code: "InvalidAuthHeader",
    });
    expect(other.requests.size).toBe(0);
  });

  test("needs no audience where none is configured, and no key id where there is one key", async () => {
    const verify = verifier([customJwt({ applicationID: null })]);
    expect(
      (await verify.verify(await other.token({ aud: undefined }, { kid: null }))).claims["subject"],
    ).toBe("ada");
  });

  test("may have an issuer that is no URL", async () => {
    const verify = verifier([customJwt({ issuer: "auth.example.test" })]);
    const { claims: identity } = await verify.verify(await other.token({ iss: "auth.example.test" }));
    expect(identity["tokenIdentifier"]).toBe("auth.example.test|ada");
  });

  test.each<[string, () => Promise<string>, string]>([
    ["expired longer ago than clocks differ", () => other.token({}, { expiresIn: -6 }), "Token expired"],
    ["lacks its subject", () => other.token({ sub: undefined }), "'sub'"],
    ["never expires", () => other.token({}, { expiresIn: null }), "'exp'"],
    ["is not valid yet", () => other.token({}, { notBefore: 30 }), "nbf"],
    ["has an unknown key", () => other.token({}, { kid: "unknown" }), "kid"],
    [
      "is nested without end",
      () => {
        let nested: unknown = 1;
        for (let i = 0; i < 1000; i++) nested = { a: nested };
        return other.token({ nested });
      },
      "valid claims",
    ],
  ])("is refused when it %s", async (_what, token, why) => {
    const refusal = verifier([customJwt()]).verify(await token());
    await expect(refusal).rejects.toMatchObject({
      status: 401,
      code: "InvalidAuthHeader",
      message: expect.stringContaining(why) as string,
    });
  });

  test("is refused by another algorithm than the configured one", async () => {
    const verify = verifier([customJwt({ issuer: issuer.url, jwks: issuer.jwksUrl })]);
    await expect(verify.verify(await issuer.token())).rejects.toMatchObject({ code: "InvalidAuthHeader" });
  });

  test("that has just expired still passes: clocks differ", async () => {
    const token = await other.token({}, { expiresIn: -2 });
    expect((await verifier([customJwt()]).verify(token)).expiresAt).toBeLessThan(Date.now());
  });
});

describe("what is no token of a provider", () => {
  test.each(["", "x", "a.b", "a.b.c", "..", "e30.e30.e30", `${"x".repeat(70_000)}.e30.e30`, "e30.W10.e30"])(
    "%.20s is refused",
    async (token) => {
      await expect(verifier([oidc()]).verify(token)).rejects.toMatchObject({
        status: 401,
        code: "InvalidAuthHeader",
      });
    },
  );

  test("is told which providers there are, unless errors are redacted", async () => {
    const stranger = await Issuer.start();
    const token = await stranger.token();
    await stranger.stop();
    const text = "No auth provider found matching the given token";
    await expect(verifier([oidc(), customJwt()]).verify(token)).rejects.toMatchObject({
      status: 401,
      code: "NoAuthProvider",
      message: `${text}. Check that your JWT's issuer and audience match one of your configured providers: [OIDC(domain=${issuer.url}, app_id=app), CustomJWT(issuer=${other.url}, app_id=app)]`,
    });
    await expect(verifier([]).verify(token)).rejects.toThrow(
      `${text} (no providers configured). Check convex/auth.config.ts.`,
    );
    await expect(verifier([oidc()], { redact: true }).verify(token)).rejects.toThrow(new RegExp(`^${text}$`));
    expect(stranger.requests.size).toBe(0);
  });

  test("several providers of one issuer are told apart by their audience", async () => {
    const verify = verifier([oidc(), { domain: issuer.url, applicationID: "second" }]);
    expect((await verify.verify(await issuer.token({ aud: "second" }))).claims["subject"]).toBe("ada");
    await expect(verify.verify(await issuer.token({ aud: "third" }))).rejects.toMatchObject({
      code: "NoAuthProvider",
    });
  });
});

describe("a provider", () => {
  test("is asked once for many tokens, and again when its documents are stale", async () => {
    issuer.cacheControl = "public, max-age=60";
    const verify = verifier([oidc()]);
    const token = await issuer.token();
    await Promise.all(Array.from({ length: 20 }, () => verify.verify(token)));
    expect(issuer.requestsTo("/jwks.json")).toBe(1);
    ahead = 59_000;
    await verify.verify(token);
    expect(issuer.requestsTo("/jwks.json")).toBe(1);
    ahead = 61_000;
    await verify.verify(token);
    expect(issuer.requestsTo("/jwks.json")).toBe(2);
    expect(issuer.requestsTo("/.well-known/openid-configuration")).toBe(2);
  });

  test("that forbids caching is asked every few seconds at most", async () => {
    issuer.cacheControl = "no-store";
    const verify = verifier([oidc()]);
    for (let i = 0; i < 5; i++) await verify.verify(await issuer.token());
    expect(issuer.requestsTo("/jwks.json")).toBe(1);
  });

  test("may change its keys; unknown ones are looked up, but a flood of them is no flood of requests", async () => {
    const rotating = await Issuer.start();
    const verify = verifier([oidc(rotating.url)]);
    await verify.verify(await rotating.token());
    await rotating.rotate();
    ahead = 6_000;
    await verify.verify(await rotating.token());
    expect(rotating.requestsTo("/jwks.json")).toBe(2);
    const flood = await Promise.all(
      Array.from({ length: 100 }, async (_, i) =>
        verify.verify(await rotating.token({}, { kid: `no${i}` })).catch(String),
      ),
    );
    expect(new Set(flood)).toEqual(new Set([`TokenRefused: ${UNVERIFIED.message}`]));
    expect(rotating.requestsTo("/jwks.json")).toBe(2);
    ahead = 12_000;
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) =>
        verify.verify(await rotating.token({}, { kid: `no${i}` })).catch(String),
      ),
    );
    expect(rotating.requestsTo("/jwks.json")).toBe(3);
    await rotating.stop();
  });

  test("that is down is no reason to refuse: known keys serve on for a day, then the answer is 503", async () => {
    const verify = verifier([oidc()]);
    const token = await issuer.token({}, { expiresIn: 30 * 60 * 60 });
    await verify.verify(token);
    issuer.answer = (_request, response) => response.writeHead(503).end("down");
    ahead = 3_700_000;
    expect((await verify.verify(token)).claims["subject"]).toBe("ada");
    await expect(verify.verify(await issuer.token({}, { kid: "new" }))).rejects.toMatchObject(UNVERIFIED);
    ahead = 26 * 60 * 60_000;
    await expect(verify.verify(token)).rejects.toMatchObject({
      status: 503,
      code: "AuthProviderDiscoveryFailed",
      isOutage: true,
    });
  });

  test("that fails is not asked again at once", async () => {
    issuer.answer = (_request, response) => response.writeHead(500).end();
    const verify = verifier([oidc()]);
    const token = await issuer.token();
    for (let i = 0; i < 10; i++) await expect(verify.verify(token)).rejects.toMatchObject({ status: 503 });
    expect(issuer.requestsTo("/.well-known/openid-configuration")).toBe(1);
    issuer.answer = null;
    ahead = 1_500;
    await verify.verify(token);
  });

  test("of custom JWTs that is down is no reason to refuse either", async () => {
    const custom = await Issuer.start("ES256");
    const verify = verifier([customJwt({ issuer: custom.url, jwks: custom.jwksUrl })]);
    const token = await custom.token();
    await custom.stop();
    await expect(verify.verify(token)).rejects.toMatchObject({ status: 503, isOutage: true });
  });

  test.each<[string, NonNullable<Issuer["answer"]>, number]>([
    ["has no discovery document", (_q, r) => r.writeHead(404).end(), 404],
    ["forbids it", (_q, r) => r.writeHead(403).end(), 403],
    ["answers with something else", (_q, r) => r.end("<html>"), 400],
    [
      "names another issuer",
      (_q, r) => r.end('{"issuer":"https://else.test","jwks_uri":"https://else.test/k"}'),
      400,
    ],
    [
      "answers without end",
      (_q, r) => {
        const chunk = "x".repeat(64 * 1024);
        const more = () => {
          while (!r.destroyed && r.write(chunk));
          if (!r.destroyed) r.once("drain", more);
        };
        more();
      },
      400,
    ],
    ["does not answer", () => undefined, 503],
    ["redirects to a file", (_q, r) => r.writeHead(302, { Location: "file:///etc/passwd" }).end(), 503],
    ["redirects in a circle", (q, r) => r.writeHead(302, { Location: q.url }).end(), 503],
  ])("that %s vouches for nobody", async (_what, answer, status) => {
    issuer.answer = answer;
    const refusal = verifier([oidc()], { timeoutMs: 400 }).verify(await issuer.token());
    await expect(refusal).rejects.toMatchObject({ status, code: "AuthProviderDiscoveryFailed" });
  });

  test("is asked nothing for issuers that end in several slashes, however many there are", async () => {
    const verify = verifier([oidc(), customJwt()]);
    for (const { url } of [issuer, other]) {
      for (const slashes of ["//", "///", "/".repeat(1000)]) {
        const refusal = verify.verify(await issuer.token({ iss: url + slashes }));
        await expect(refusal).rejects.toMatchObject({ status: 401, code: "NoAuthProvider" });
      }
    }
    expect(issuer.requests.size).toBe(0);
  });

  test("may redirect within its scheme", async () => {
    const serve = issuer.answer;
    issuer.answer = (request, response) => {
      issuer.answer = serve;
      response.writeHead(302, { Location: request.url }).end();
    };
    expect((await verifier([oidc()]).verify(await issuer.token())).claims["subject"]).toBe("ada");
  });

  test.each([
    ["text/plain", JSON.stringify({ keys: [] }), "Invalid Content-Type 'text/plain'"],
    ["application/json", '{"keys":5}', "Invalid JWKS response body"],
  ])("of custom JWTs must have its keys as a JSON Web Key Set: %s %s", async (type, body, why) => {
    const custom = await Issuer.start("ES256");
    custom.answer = (_request, response) => response.setHeader("Content-Type", type).end(body);
    const refusal = verifier([customJwt({ issuer: custom.url, jwks: custom.jwksUrl })]).verify(
      await custom.token(),
    );
    await expect(refusal).rejects.toMatchObject({
      status: 401,
      code: "InvalidAuthHeader",
      message: expect.stringContaining(why) as string,
    });
    await custom.stop();
  });
});
