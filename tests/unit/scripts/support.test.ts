import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Children } from "../../../scripts/support/children.mjs";
import { cliEnvironment, readCliEnv, writeCliEnv, writeEnvLocal } from "../../../scripts/support/cli.mjs";
import { fillDemo } from "../../../scripts/support/demo.mjs";
import { fingerprint } from "../../../scripts/support/fingerprint.mjs";
import { isInstalled } from "../../../scripts/support/install.mjs";
import { withLock } from "../../../scripts/support/lock.mjs";
import { preflight } from "../../../scripts/support/preflight.mjs";
import { readSettings } from "../../../scripts/support/settings.mjs";
import { countPlaywright, countVitest, summarize } from "../../../scripts/support/test-report.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "praxtalk-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
function write(name: string, text: string) {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

describe("withLock", () => {
  it("lets one in at a time, and tells the other once that it waits", async () => {
    const order: string[] = [];
    let leave = () => {};
    const first = withLock(at("lock"), async () => {
      order.push("first in");
      await new Promise<void>((resolve) => (leave = resolve));
      order.push("first out");
    });
    const second = withLock(
      at("lock"),
      async () => void order.push("second in"),
      () => {
        order.push("second waits");
        leave();
      },
    );
    await Promise.all([first, second]);
    expect(order).toEqual(["first in", "second waits", "first out", "second in"]);
    expect(existsSync(at("lock"))).toBe(false);
  });

  it("takes over from an owner that is dead", async () => {
    write("lock", "2147483646"); // above any process id
    expect(await withLock(at("lock"), async () => "done")).toBe("done");
  });

  it("is released when the work fails", async () => {
    await expect(withLock(at("lock"), () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(existsSync(at("lock"))).toBe(false);
  });
});

describe("fingerprint", () => {
  it("changes with content, with names, and with a file that moves; not with time", () => {
    write("src/a.ts", "1");
    write("src/b.ts", "2");
    const before = fingerprint(["src"], folder);
    write("src/a.ts", "1");
    expect(fingerprint(["src", "absent"], folder)).toBe(before);
    write("src/a.ts", "3");
    expect(fingerprint(["src"], folder)).not.toBe(before);
    write("src/a.ts", "1");
    write("src/deep/c.ts", "");
    expect(fingerprint(["src"], folder)).not.toBe(before);
  });
});

describe("isInstalled", () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        "": {},
        "node_modules/a": { version },
        "node_modules/other-os": { version: "1", optional: true },
      },
    });

  it("compares what npm installed with the lock, optional packages aside", () => {
    write("package-lock.json", lock("1.0.0"));
    expect(isInstalled(folder)).toBe(false);
    write(
      "node_modules/.package-lock.json",
      JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }),
    );
    expect(isInstalled(folder)).toBe(true);
    write("package-lock.json", lock("1.0.1"));
    expect(isInstalled(folder)).toBe(false);
  });

  it("takes a list that was cut short for an unfinished install", () => {
    write("package-lock.json", lock("1.0.0"));
    write("node_modules/.package-lock.json", "{");
    expect(isInstalled(folder)).toBe(false);
  });
});

describe("preflight", () => {
  const settings = (env: Record<string, string>) =>
    readSettings({
      PORT: "0",
      CONVEX_PORT: "0",
      CONVEX_SITE_PORT: "0",
      PRAXTALK_DATA_DIR: at("data"),
      ...env,
    });

  it("refuses a data folder that cannot be, in one sentence", async () => {
    write("file", "");
    const refusal = preflight(settings({ PRAXTALK_DATA_DIR: at("file/data") }));
    await expect(refusal).rejects.toThrow(
      /^The data folder \S+ cannot be written \(ENOTDIR\); set PRAXTALK_DATA_DIR/,
    );
  });

  it.each(["PORT", "CONVEX_PORT", "CONVEX_SITE_PORT"])(
    "refuses when %s is taken, naming it",
    async (variable) => {
      const taken = net.createServer();
      await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
      const { port } = taken.address() as net.AddressInfo;
      await expect(preflight(settings({ [variable]: String(port) }))).rejects.toThrow(
        `set ${variable} to a free one`,
      );
      taken.close();
    },
  );

  it("leaves free ports free", async () => {
    await preflight(settings({}));
    await preflight(settings({}));
  });
});

describe("what the official CLI reads", () => {
  const address = { url: "http://127.0.0.1:3210", adminKey: "praxtalk|key=" };

  it("comes back from cli.env as written, for the owner's eyes only, also over an old file", () => {
    writeFileSync(at("cli.env"), "OLD=1", { mode: 0o644 });
    writeCliEnv(folder, address);
    expect(readCliEnv(folder)).toEqual({
      CONVEX_SELF_HOSTED_URL: address.url,
      CONVEX_SELF_HOSTED_ADMIN_KEY: address.adminKey,
    });
    expect(statSync(at("cli.env")).mode & 0o777).toBe(0o600);
    expect(readCliEnv(at("nowhere"))).toBeNull();
  });

  it("is never a second deployment besides the given one", () => {
    const env: Record<string, string> = cliEnvironment({
      CONVEX_SELF_HOSTED_URL: "u",
      CONVEX_SELF_HOSTED_ADMIN_KEY: "k",
    });
    expect(env).toMatchObject({ CONVEX_SELF_HOSTED_URL: "u", CONVEX_DEPLOYMENT: "", CONVEX_DEPLOY_KEY: "" });
  });

  it("stands in .env.local beside the user's own lines, and is replaced by the next start", () => {
    write(".env.local", "OWN=1");
    writeEnvLocal(address, folder);
    writeEnvLocal({ ...address, url: "http://127.0.0.1:4000" }, folder);
    const text = readFileSync(at(".env.local"), "utf8");
    expect(text).toMatch(/^OWN=1\n/);
    expect(text.match(/CONVEX_SELF_HOSTED_URL=.*/g)).toEqual([
      "CONVEX_SELF_HOSTED_URL=http://127.0.0.1:4000",
    ]);
  });

  it("does not touch an .env.local that names a deployment of the user's own", () => {
    write(".env.local", "CONVEX_DEPLOYMENT=dev:calm-otter-1\n");
    writeEnvLocal(address, folder);
    expect(readFileSync(at(".env.local"), "utf8")).toBe("CONVEX_DEPLOYMENT=dev:calm-otter-1\n");
  });
});

describe("the count of npm test", () => {
  it("sums over all suites, the total as the last line", () => {
    const { lines, isGreen } = summarize([
      { name: "lint", passed: 1, failed: 0 },
      { name: "unit", passed: 40, failed: 2 },
    ]);
    expect(lines.at(-1)).toBe("41 passed, 2 failed");
    expect(isGreen).toBe(false);
  });

  it("counts a runner that broke, or ran nothing, as a failure", () => {
    expect(countVitest(null, 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(countVitest({ numPassedTests: 0, numFailedTests: 0 }, 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(countVitest({ numPassedTests: 3, numFailedTests: 0 }, 1)).toMatchObject({ passed: 3, failed: 1 });
    expect(countVitest({ numPassedTests: 3, numFailedTests: 2 }, 1)).toMatchObject({ passed: 3, failed: 2 });
    expect(countPlaywright(null, 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(summarize([]).isGreen).toBe(false);
  });

  it("counts a flaky end-to-end test as failed", () => {
    expect(countPlaywright({ stats: { expected: 5, unexpected: 0, flaky: 1 } }, 0)).toMatchObject({
      passed: 5,
      failed: 1,
    });
  });

  it("names what failed, and why in a line, last of all but the numbers", () => {
    const unit = countVitest(
      {
        numPassedTests: 1,
        numFailedTests: 1,
        testResults: [
          {
            name: "a.test.ts",
            message: "",
            assertionResults: [
              { status: "passed", fullName: "a holds", failureMessages: [] },
              {
                status: "failed",
                fullName: "a breaks",
                failureMessages: ["\u001b[31mexpected 1\u001b[39m\n at b"],
              },
            ],
          },
          { name: "b.test.ts", message: "cannot be loaded\nfor a reason", assertionResults: [] },
        ],
      },
      1,
    );
    const browser = countPlaywright(
      {
        stats: { expected: 0, unexpected: 1, flaky: 0 },
        suites: [
          {
            suites: [
              {
                specs: [
                  {
                    file: "c.spec.ts",
                    line: 7,
                    title: "opens",
                    tests: [{ status: "unexpected", results: [{}, { error: { message: "timed out\n…" } }] }],
                  },
                ],
              },
            ],
          },
        ],
      },
      1,
    );
    const { lines } = summarize([
      { name: "unit", ...unit },
      { name: "browser", ...browser },
    ]);
    expect(lines).toEqual([
      "failed: a.test.ts: a breaks: expected 1",
      "failed: b.test.ts: cannot be loaded",
      "failed: c.spec.ts:7: opens: timed out",
      "unit: 1 passed, 1 failed",
      "browser: 0 passed, 1 failed",
      "1 passed, 2 failed",
    ]);
  });
});

describe("a tool beside the app", () => {
  const starts = () => (existsSync(at("starts")) ? readFileSync(at("starts"), "utf8").length : 0);
  const note = () => `require("fs").appendFileSync(${JSON.stringify(at("starts"))}, "x");`;

  it("is started again when it ends by itself", async () => {
    const children = new Children();
    const count = `require("fs").readFileSync(${JSON.stringify(at("starts"))}).length`;
    const script = `${note()} if (${count} < 2) process.exit(0); setInterval(() => {}, 1000);`;
    children.startTool("watcher", ["-e", script], process.env);
    await vi.waitFor(() => expect(starts()).toBe(2), { timeout: 20_000 });
    await children.stop();
    expect(starts()).toBe(2);
  });

  it("fails the whole when it cannot run at all", async () => {
    const children = new Children();
    children.startTool("watcher", ["-e", `${note()} process.exit(3);`], process.env);
    await expect(children.failed).rejects.toThrow("The watcher stopped unexpectedly (exit code 3)");
    expect(starts()).toBe(5);
    await children.stop();
  });
});

describe("fillDemo", () => {
  it("takes no demo for whole that was cut off while it was written", async () => {
    write("demo-unfinished", "");
    await expect(fillDemo({ dataDir: folder })).rejects.toThrow(/Remove this folder/);
    write("demo-login.json", JSON.stringify({ email: "maja@demo.example", password: "x" }));
    await expect(fillDemo({ dataDir: folder })).resolves.toBeUndefined();
  });
});
