import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Refusal, root } from "../../../scripts/support/run.mjs";
import { parseCidrs } from "../../../convex/logic/addressSafety";
import { parseRetrySchedule } from "../../../convex/logic/retrySchedule";
import { environmentOf, sayWhatIsOpen } from "../../../scripts/support/instance.mjs";
import { DEPLOYMENT_VARIABLES, isReachable, readSettings } from "../../../scripts/support/settings.mjs";

describe("readSettings", () => {
  it("has the documented defaults", () => {
    expect(readSettings({})).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      convexPort: 3210,
      sitePort: 3211,
      dataDir: path.join(root, ".praxtalk"),
      isDefault: true,
      external: null,
    });
  });

  it("takes the environment, an empty value as unset", () => {
    const settings = readSettings({
      PORT: "0",
      CONVEX_PORT: "",
      PRAXTALK_DATA_DIR: "/var/lib/praxtalk",
      PRAXTALK_WEB_URL: "https://chat.test/",
    });
    expect(settings).toMatchObject({
      port: 0,
      convexPort: 3210,
      dataDir: "/var/lib/praxtalk",
      isDefault: false,
      urls: { web: "https://chat.test" },
    });
  });

  it.each([
    { PORT: "http" },
    { PORT: "-1" },
    { PORT: "65536" },
    { PORT: "80.5" },
    { PRAXTALK_WEB_URL: "chat.test" },
    { PRAXTALK_WEB_URL: "ftp://chat.test" },
    { PRAXTALK_SITE_URL: "https://chat.test/path" },
    { PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "30s,2m" },
    { PRAXTALK_WEBHOOK_ALLOW_CIDRS: "localhost" },
    { PRAXTALK_MODEL_ALLOW_CIDRS: "localhost" },
    { CONVEX_SELF_HOSTED_URL: "https://convex.test" },
    { CONVEX_DEPLOYMENT: "prod:calm-otter-1" },
  ])("refuses %j with a sentence that names the variable", (env) => {
    expect(() => readSettings(env)).toThrow(Refusal);
    expect(() => readSettings(env)).toThrow(Object.keys(env)[0]);
  });

  it("uses a deployment that the environment names, and keeps the CLI to it", () => {
    expect(
      readSettings({
        CONVEX_SELF_HOSTED_URL: "http://convex.test:3210/",
        CONVEX_SELF_HOSTED_ADMIN_KEY: "a|b",
      }).external,
    ).toMatchObject({
      url: "http://convex.test:3210",
      adminKey: "a|b",
      cliEnv: { CONVEX_SELF_HOSTED_URL: "http://convex.test:3210", CONVEX_SELF_HOSTED_ADMIN_KEY: "a|b" },
    });
    expect(
      readSettings({ CONVEX_DEPLOYMENT: "prod:calm-otter-1", CONVEX_DEPLOY_KEY: "k" }).external,
    ).toMatchObject({
      url: "https://calm-otter-1.convex.cloud",
      id: "calm-otter-1",
    });
  });
});

describe("isReachable", () => {
  const EXTERNAL = { CONVEX_SELF_HOSTED_ADMIN_KEY: "a|b" };
  it.each([
    [{}, false],
    [{ HOST: "localhost", PRAXTALK_WEB_URL: "http://localhost:3000" }, false],
    [{ HOST: "127.0.0.2" }, false],
    [{ HOST: "::1", PRAXTALK_CONVEX_URL: "http://[::1]:3210" }, false],
    [{ ...EXTERNAL, CONVEX_SELF_HOSTED_URL: "http://127.0.0.1:3210" }, false],
    [{ HOST: "0.0.0.0" }, true],
    [{ HOST: "::" }, true],
    [{ HOST: "192.168.1.7" }, true],
    [{ HOST: "127.0.0.1.example.com" }, true],
    [{ PRAXTALK_WEB_URL: "https://chat.example.com" }, true],
    [{ PRAXTALK_CONVEX_URL: "https://convex.example.com" }, true],
    [{ PRAXTALK_SITE_URL: "https://api.example.com" }, true],
    [{ ...EXTERNAL, CONVEX_SELF_HOSTED_URL: "https://convex.example.com" }, true],
    [{ CONVEX_DEPLOYMENT: "prod:calm-otter-1", CONVEX_DEPLOY_KEY: "k" }, true],
  ])("of %j: %s", (env, reachable) => {
    expect(isReachable(readSettings(env))).toBe(reachable);
  });
});

/** What start lets through is what functions can use, and the other way around. */
describe("the settings of webhooks", () => {
  const accepts = (env: Record<string, string>): boolean => {
    try {
      readSettings(env);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };

  it.each([
    ["30s,2m,10m,1h,6h", true],
    ["1ms, 1ms,1ms ,1h,286h", true],
    ["30s,2m,10m,1h", false],
    ["30s,2m,10m,1h,6h,6h", false],
    ["0s,2m,10m,1h,6h", false],
    ["30,2m,10m,1h,6h", false],
    ["1.5s,2m,10m,1h,6h", false],
    ["30s,2m,10m,1h,288h", false],
    ["30S,2m,10m,1h,6h", false],
    ["30s;2m;10m;1h;6h", false],
    [",,,,", false],
  ])("take the retry schedule %j: %s", (text, isValid) => {
    expect(accepts({ PRAXTALK_WEBHOOK_RETRY_SCHEDULE: text })).toBe(isValid);
    expect(parseRetrySchedule(text).ok).toBe(isValid);
  });

  it.each([
    ["127.0.0.1/32", true],
    ["10.0.0.0/8, fd00::/8,", true],
    ["0.0.0.0/0,::/0", true],
    ["127.0.0.1", false],
    ["127.0.0.1/33", false],
    ["127.0.0.1/-1", false],
    ["127.0.0.1/", false],
    ["127.0.0.1/8/8", false],
    ["127.1/8", false],
    ["0177.0.0.1/8", false],
    ["localhost/8", false],
    ["fd00::/129", false],
    ["fe80::1%eth0/64", false],
    ["::ffff:127.0.0.1/128", false],
    ["0:0:0:0:0:ffff:7f00:1/128", false],
    ["10.0.0.0/8;fd00::/8", false],
  ])("take the ranges %j: %s", (text, isValid) => {
    expect(accepts({ PRAXTALK_WEBHOOK_ALLOW_CIDRS: text })).toBe(isValid);
    expect(parseCidrs(text).ok).toBe(isValid);
  });

  it("that open private addresses are said at start", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    sayWhatIsOpen(readSettings({}));
    expect(write).not.toHaveBeenCalled();
    sayWhatIsOpen(readSettings({ PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32" }));
    expect(write.mock.calls).toEqual([
      ["PRAXTALK_WEBHOOK_ALLOW_CIDRS is set: webhooks may be sent to 127.0.0.1/32.\n"],
    ]);
    write.mockRestore();
  });

  it("go to the functions as they were given", () => {
    const settings = readSettings({
      PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "1s,1s,1s,1s,1s",
      PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
    });
    const instance = { convex: "https://c.test", site: "https://s.test", setupToken: "t0ken" };
    expect(environmentOf(settings, instance, { web: "https://w.test" })).toEqual({
      PRAXTALK_WEB_URL: "https://w.test",
      PRAXTALK_CONVEX_URL: "https://c.test",
      PRAXTALK_SITE_URL: "https://s.test",
      PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "1s,1s,1s,1s,1s",
      PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
      PRAXTALK_SETUP_TOKEN: "t0ken",
      CLERK_JWT_ISSUER_DOMAIN: "none",
    });
    expect(Object.keys(environmentOf(settings, instance, { web: "" })).sort()).toEqual(
      DEPLOYMENT_VARIABLES.toSorted(),
    );
  });
});

describe("the settings of mail", () => {
  const SMTP = "smtp://user:s3cret@mail.acme.test:587";
  const mailOf = (smtp: string, from: string) =>
    readSettings({ PRAXTALK_SMTP_URL: smtp, PRAXTALK_MAIL_FROM: from }).mail;

  it.each([
    [SMTP, "support@acme.test"],
    ["smtps://mail.acme.test", "Acme Support <support@acme.test>"],
  ])("take %j from %j", (smtpUrl, from) => {
    expect(mailOf(smtpUrl, from)).toEqual({ smtpUrl, from });
  });

  it("are none by default", () => {
    expect(mailOf("", "")).toEqual({ smtpUrl: undefined, from: undefined });
  });

  it.each([
    [SMTP, ""],
    ["", "support@acme.test"],
    ["https://user:s3cret@mail.acme.test", "support@acme.test"],
    ["mail.acme.test:25", "support@acme.test"],
    [SMTP, "support"],
    [SMTP, "Acme <support@acme.test>\r\nBcc: eve@x.test"],
    [SMTP, "a@b.test, c@d.test"],
  ])("refuse %j from %j, and show no password", (smtp, from) => {
    expect(() => mailOf(smtp, from)).toThrow(Refusal);
    expect(() => mailOf(smtp, from)).not.toThrow(/s3cret/);
  });
});

describe("the settings of Clerk", () => {
  const keyFor = (host: string, mode = "test") => `pk_${mode}_${Buffer.from(`${host}$`).toString("base64")}`;
  const clerkOf = (publishable: string, secret: string, more: Record<string, string> = {}) =>
    readSettings({ NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishable, CLERK_SECRET_KEY: secret, ...more }).clerk;
  const KEY = keyFor("calm-otter-1.clerk.accounts.dev");

  it("are none by default, and functions are told so", () => {
    expect(clerkOf("", "")).toBeNull();
    const instance = { convex: "https://c.test", site: "https://s.test" };
    const environment = environmentOf(readSettings({}), instance, { web: "https://w.test" });
    expect(environment).toMatchObject({ CLERK_JWT_ISSUER_DOMAIN: "none", CLERK_SECRET_KEY: undefined });
  });

  it("find the issuer in the publishable key, unless it is named", () => {
    expect(clerkOf(KEY, "sk_test_s3cret")).toEqual({
      publishableKey: KEY,
      secretKey: "sk_test_s3cret",
      issuer: "https://calm-otter-1.clerk.accounts.dev",
      apiUrl: undefined,
    });
    expect(clerkOf(keyFor("clerk.acme.test", "live"), "sk_live_s3cret")?.issuer).toBe(
      "https://clerk.acme.test",
    );
    const issuer = { CLERK_JWT_ISSUER_DOMAIN: "http://127.0.0.1:4000/" };
    expect(clerkOf(KEY, "sk_test_s3cret", issuer)?.issuer).toBe("http://127.0.0.1:4000");
  });

  it.each([
    [KEY, "", {}],
    ["", "sk_test_s3cret", {}],
    ["", "", { CLERK_JWT_ISSUER_DOMAIN: "https://clerk.acme.test" }],
    ["pk_test_!", "sk_test_s3cret", {}],
    ["pk_test_", "sk_test_s3cret", {}],
    [`pk_test_${Buffer.from("no dollar").toString("base64")}`, "sk_test_s3cret", {}],
    ["sk_test_s3cret", KEY, {}],
    [KEY, "sk_live_s3cret", {}],
    [KEY, "sk_test_s3cret", { CLERK_JWT_ISSUER_DOMAIN: "clerk.acme.test" }],
    [KEY, "sk_test_s3cret", { CLERK_API_URL: "api.clerk.com" }],
  ])("refuse %j with %j and %j", (publishable, secret, more) => {
    expect(() => clerkOf(publishable, secret, more)).toThrow(Refusal);
  });

  it("show no secret key in a refusal", () => {
    expect(() => clerkOf(KEY, "sk_live_s3cret")).not.toThrow(/s3cret/);
  });
});
