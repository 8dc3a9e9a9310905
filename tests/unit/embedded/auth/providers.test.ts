import { describe, expect, test } from "vitest";
import { AuthConfigError, parseProviders, providerJson, providerOf } from "@/embedded/auth/providers";
import type { JSONValue } from "@/embedded/storage/types";

const custom = {
  type: "customJwt",
  issuer: "https://jwt.test",
  jwks: "data:application/json,{}",
  algorithm: "RS256",
};

describe("providers of an auth config", () => {
  test("get the scheme that they lack, and are stored as they are told to the CLI", () => {
    const providers = parseProviders([
      { domain: "login.example.com", applicationID: "a" },
      { type: "oidc", domain: "http://127.0.0.1:3211", applicationID: "b" },
      custom,
    ]);
    const json = providers.map(providerJson);
    expect(json).toEqual([
      { domain: "https://login.example.com", applicationID: "a" },
      { domain: "http://127.0.0.1:3211", applicationID: "b" },
      { ...custom, applicationID: null },
    ]);
    expect(parseProviders(json)).toEqual(providers);
  });

  test.each<[string, JSONValue, string, string]>([
    ["no object", "x", "AuthConfigNotMatchingSchemaError", "index 0 is not an object"],
    ["no audience", { domain: "https://a.test" }, "AuthConfigNotMatchingSchemaError", "applicationID"],
    [
      "a misspelt audience",
      { domain: "https://a.test", applicationId: "a" },
      "AuthConfigNotMatchingSchemaError",
      "spelled lowercase 'application', capital I, capital D.",
    ],
    ["an unknown type", { ...custom, type: "saml" }, "AuthConfigNotMatchingSchemaError", "unexpected 'type'"],
    ["a domain", { ...custom, domain: "a" }, "AuthConfigNotMatchingSchemaError", "cannot have a 'domain'"],
    [
      "an issuer",
      { domain: "https://a.test", applicationID: "a", issuer: "b" },
      "AuthConfigNotMatchingSchemaError",
      "cannot have an 'issuer'",
    ],
    ["a weak algorithm", { ...custom, algorithm: "HS256" }, "AuthConfigNotMatchingSchemaError", "algorithm"],
    ["keys of a file", { ...custom, jwks: "file:///k" }, "AuthConfigNotMatchingSchemaError", "'jwks'"],
    [
      "a token as domain",
      { domain: "sk_test_1", applicationID: "a" },
      "InvalidProviderDomainUrl",
      "Does not look like a URL",
    ],
    [
      "quotes",
      { domain: '"https://a.test"', applicationID: "a" },
      "InvalidProviderDomainUrl",
      "double quote",
    ],
    [
      "no web address",
      { domain: "ftp://a.test", applicationID: "a" },
      "InvalidProviderDomainUrl",
      "http or https",
    ],
    ["an empty domain", { domain: "", applicationID: "a" }, "InvalidProviderDomainUrl", "no URL"],
  ])("with %s are refused", (_what, provider, code, why) => {
    const parse = () => parseProviders([provider]);
    expect(parse).toThrow(AuthConfigError);
    expect(parse).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(why) as string }) as Error,
    );
  });

  test("are chosen by issuer, whatever slashes or scheme it has, and by audience", () => {
    const providers = parseProviders([
      { domain: "https://a.test/", applicationID: "x" },
      { domain: "https://a.test", applicationID: "y" },
      { ...custom, issuer: "privy.io" },
    ]);
    expect(providerOf(providers, "https://a.test", ["z", "y"])).toBe(providers[1]);
    expect(providerOf(providers, "https://a.test/", ["x"])).toBe(providers[0]);
    expect(providerOf(providers, "privy.io", [])).toBe(providers[2]);
    expect(providerOf(providers, "https://a.test", [])).toBeUndefined();
    expect(providerOf(providers, "http://a.test", ["x"])).toBeUndefined();
    expect(providerOf(providers, "https://a.test.evil", ["x"])).toBeUndefined();
  });
});
