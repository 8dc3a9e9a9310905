import path from "node:path";
import { describe, expect, it } from "vitest";
import { Refusal, root } from "../../../scripts/support/run.mjs";
import { readSettings } from "../../../scripts/support/settings.mjs";

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
