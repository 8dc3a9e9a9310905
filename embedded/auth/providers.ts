/** Auth providers as `auth.config` declares them: parsed at a push, kept with the code, matched to tokens. */
import * as z from "zod";
import type { JSONObject, JSONValue } from "../storage/types";

/** `domain` and `issuer` have a scheme; whether they end in a slash does not matter. */
export type AuthProvider =
  | { type: "oidc"; domain: string; applicationID: string }
  | {
      type: "customJwt";
      issuer: string;
      /** http(s) or `data:` URL of a JSON Web Key Set. */
      jwks: string;
      algorithm: "RS256" | "ES256";
      /** Null: any audience is accepted. */
      applicationID: string | null;
    };

/** An `auth.config` that cannot be deployed; the text is for the developer. */
export class AuthConfigError extends Error {
  override name = "AuthConfigError";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const oidc = z.object({
  type: z.literal("oidc").optional(),
  domain: z.string(),
  applicationID: z.string(),
});
const customJwt = z.object({
  type: z.literal("customJwt"),
  issuer: z.string(),
  jwks: z.string(),
  algorithm: z.enum(["RS256", "ES256"]),
  applicationID: z.string().nullish(),
});

/** Of what `auth.config` exports as `providers`, or of `providerJson`. Throws AuthConfigError. */
export function parseProviders(providers: readonly JSONValue[]): AuthProvider[] {
  return providers.map((provider, index) => {
    if (typeof provider !== "object" || provider === null || Array.isArray(provider)) {
      throw mismatch(`Provider at index ${index} is not an object.`);
    }
    refuseConfusions(provider, index);
    return provider["type"] === "customJwt" ? parseCustomJwt(provider, index) : parseOidc(provider, index);
  });
}

function parseOidc(provider: JSONObject, index: number): AuthProvider {
  const { domain, applicationID } = parseShape(oidc, provider, index);
  return { type: "oidc", domain: issuerUrl(domain), applicationID };
}

function parseCustomJwt(provider: JSONObject, index: number): AuthProvider {
  const { issuer, jwks, algorithm, applicationID } = parseShape(customJwt, provider, index);
  if (!URL.canParse(jwks) || !["http:", "https:", "data:"].includes(new URL(jwks).protocol)) {
    throw mismatch(`Provider at index ${index} has a 'jwks' that is no http, https or data URL.`);
  }
  return {
    type: "customJwt",
    issuer: issuerUrl(issuer),
    jwks,
    algorithm,
    applicationID: applicationID ?? null,
  };
}

function parseShape<T>(shape: z.ZodType<T>, provider: JSONObject, index: number): T {
  const parsed = shape.safeParse(provider);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw mismatch(`Provider at index ${index}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** Mistakes that are easy to make, named as what they are. */
function refuseConfusions(provider: JSONObject, index: number): void {
  const { type } = provider;
  if ("applicationId" in provider || "applicationid" in provider) {
    throw mismatch(
      `Provider at index ${index} must have applicationID property spelled lowercase 'application', capital I, capital D.`,
    );
  }
  if (type !== undefined && type !== "customJwt" && type !== "oidc") {
    throw mismatch(`Provider at index ${index} has unexpected 'type' value '${JSON.stringify(type)}'`);
  }
  if (type === "customJwt" && "domain" in provider) {
    throw mismatch(`Provider at index ${index} is a customJwt so cannot have a 'domain' specified`);
  }
  if (type !== "customJwt" && "issuer" in provider) {
    throw mismatch(`Provider at index ${index} is oidc so cannot have an 'issuer' specified.`);
  }
}

function mismatch(why: string): AuthConfigError {
  return new AuthConfigError(
    "AuthConfigNotMatchingSchemaError",
    `auth config file must include a list of provider credentials: ${why}`,
  );
}

/** Adds the scheme that people leave out; refuses what is likely something else than an address. */
function issuerUrl(original: string): string {
  const refuse = (why: string): never => {
    throw new AuthConfigError(
      "InvalidProviderDomainUrl",
      `Invalid provider domain URL "${original}": ${why}`,
    );
  };
  if (original.startsWith('"')) return refuse('starts with a double quote (")');
  const url = withScheme(original);
  if (!URL.canParse(url)) return refuse("it is no URL");
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return refuse("scheme should be http or https");
  if (url !== original && hostname !== "localhost" && !/\.[a-z][a-z0-9-]+$/i.test(hostname)) {
    return refuse("Does not look like a URL (must have a scheme or end with a top-level domain)");
  }
  return url;
}

function withScheme(url: string): string {
  return /^\w+:\/\//.test(url) ? url : `https://${url}`;
}

function comparable(issuer: string): string {
  let end = issuer.length;
  while (issuer[end - 1] === "/") end--;
  return withScheme(issuer.slice(0, end));
}

/**
 * The first provider that a token with these claims may come from. Nothing is verified yet, so one provider goes by two
 * issuers only, with a slash at the end and without: documents are fetched and kept by issuer.
 */
export function providerOf(
  providers: readonly AuthProvider[],
  issuer: string,
  audiences: readonly string[],
): AuthProvider | undefined {
  if (issuer.endsWith("//")) return undefined;
  const wanted = comparable(issuer);
  return providers.find((provider) => {
    const { applicationID } = provider;
    const own = provider.type === "oidc" ? provider.domain : provider.issuer;
    return comparable(own) === wanted && (applicationID === null || audiences.includes(applicationID));
  });
}

/** How a provider is stored and how the CLI is told of it. */
export function providerJson(provider: AuthProvider): JSONObject {
  const { applicationID } = provider;
  if (provider.type === "oidc") return { applicationID, domain: provider.domain };
  const { type, issuer, jwks, algorithm } = provider;
  return { type, applicationID, issuer, jwks, algorithm };
}

/** As an error names it to a developer. */
export function describeProvider(provider: AuthProvider): string {
  const { applicationID } = provider;
  if (provider.type === "oidc") return `OIDC(domain=${provider.domain}, app_id=${applicationID})`;
  return `CustomJWT(issuer=${provider.issuer}, app_id=${applicationID ?? "none"})`;
}
