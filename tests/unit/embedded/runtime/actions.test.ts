import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExecutionRecord } from "../../../../embedded/runtime/types";
import type { JSONValue } from "../../../../embedded/storage/types";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
let server: Server;
let serverUrl: string;
const action = (path: string, args: JSONValue = {}, more = {}) =>
  harness.functions.action(request(path, args, more));
const counter = async (name: string) =>
  valueOf(await harness.functions.query(request("counters:get", { name })));

beforeAll(async () => {
  harness = await startHarness({ limits: { actionMs: 4_000, nodeActionMs: 4_000 } });
  server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"from":"server"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.close();
  await harness.stop();
});

describe("actions", () => {
  test("call mutations and queries, each its own transaction", async () => {
    expect(valueOf(await action("actions:bump", { name: "bumped", times: 3 }))).toBe(3);
    expect(await counter("bumped")).toBe(3);
  });

  test("arguments and visibility are checked", async () => {
    expect(failureText(await action("actions:bump", { name: "x" }))).toContain(
      "ArgumentValidationError: Object is missing the required field `times`",
    );
    expect(failureText(await action("actions:secret"))).toContain(
      "Could not find public function for 'actions:secret'",
    );
    expect(valueOf(await action("actions:viaSecret"))).toBe("secret");
  });

  test("errors of what they call can be caught, with ConvexError data", async () => {
    const { message, data } = valueOf(await action("actions:catches")) as Record<string, JSONValue>;
    expect(message).toMatch(/^Uncaught ConvexError: /);
    expect(data).toEqual({ code: "NO", left: { $integer: "AwAAAAAAAAA=" } });
  });

  test("many run at a time, and their log lines stay apart", async () => {
    const labels = Array.from({ length: 20 }, (_, i) => `label ${i}`);
    const outcomes = await Promise.all(
      labels.map((label, i) => action("actions:waits", { ms: 40 - i, label })),
    );
    outcomes.forEach((outcome, i) => {
      expect(valueOf(outcome)).toBe(labels[i]);
      expect(outcome.logLines.map(({ messages }) => messages)).toEqual([
        ["'before'", `'${labels[i]}'`],
        ["'after'", `'${labels[i]}'`],
      ]);
    });
  });

  test("fetch, timers and randomness are real", async () => {
    expect(valueOf(await action("actions:fetches", { url: serverUrl }))).toEqual({
      status: 200,
      json: { from: "server" },
      uuid: 36,
    });
    expect(failureText(await action("actions:fetches", { url: "no url" }))).toContain("Uncaught TypeError: ");
  });

  test("what is not awaited is warned of", async () => {
    const { logLines } = await action("actions:dangles");
    expect(logLines).toMatchObject([
      {
        level: "WARN",
        messages: [expect.stringMatching(/^1 unawaited operation: \[mutation\]\. Async operations/)],
      },
    ]);
  });

  test("stray rejections and throwing timers fail their own action only", async () => {
    const bystander = action("actions:waits", { ms: 50, label: "calm" });
    expect(failureText(await action("actions:rejects"))).toMatch(
      /^Uncaught Error: stray\n {4}at .*actions\.ts/,
    );
    expect(failureText(await action("actions:throwsInTimer"))).toMatch(/^Uncaught Error: from a timer\n/);
    expect(valueOf(await bystander)).toBe("calm");
  });

  test("an action over its time is given up", async () => {
    expect(failureText(await action("actions:waits", { ms: 60_000, label: "long" }))).toBe(
      "Function execution timed out (maximum duration: 4s)\n",
    );
  }, 15_000);

  test("an action that computes without a pause holds up no other one", async () => {
    const hog = action("actions:hogs", { ms: 60_000 });
    for (let i = 0; i < 20; i++) {
      expect(valueOf(await action("actions:waits", { ms: 1, label: "next" }))).toBe("next");
    }
    expect(failureText(await hog)).toBe("Function execution timed out (maximum duration: 4s)\n");
  }, 15_000);

  test("no more run at a time than allowed; one that waits too long for its turn is refused", async () => {
    const small = await startHarness({ limits: { maxActions: 1, actionWaitMs: 1_000 } });
    try {
      // The inner one waits for the thread that the outer one holds.
      expect(failureText(await small.functions.action(request("actions:viaSecret")))).toContain(
        "Too many concurrent requests. Your backend is limited to 1 concurrent actions.",
      );
      const labels = ["one", "two", "three"];
      const outcomes = await Promise.all(
        labels.map((label) => small.functions.action(request("actions:waits", { ms: 1, label }))),
      );
      expect(outcomes.map(valueOf)).toEqual(labels);
    } finally {
      await small.stop();
    }
  });

  test("metadata and identity", async () => {
    const claims = { tokenIdentifier: "i|s", subject: "s", issuer: "i" };
    const outcome = await action(
      "actions:metadata",
      {},
      {
        identity: { kind: "user", claims, expiresAt: null, token: "t" },
        client: { ip: "192.0.2.1", userAgent: "test" },
      },
    );
    expect(valueOf(outcome)).toEqual([
      { name: "actions:metadata", componentPath: "", type: "action", visibility: "public" },
      {
        ip: "192.0.2.1",
        userAgent: "test",
        requestId: "test-request",
        scheduledFunctionId: null,
        authToken: "t",
      },
      claims,
    ]);
  });

  test("executions report log lines as progress, and what they call as called by an action", async () => {
    const records: ExecutionRecord[] = [];
    const remove = harness.functions.onExecution((record) => records.push(record));
    await action("actions:waits", { ms: 1, label: "logged" });
    await action("actions:bump", { name: "recorded", times: 1 });
    remove();
    const progress = records.filter(
      ({ kind, identifier }) => kind === "Progress" && identifier === "actions:waits",
    );
    expect(progress.map(({ logLines }) => logLines.length)).toEqual([1, 1]);
    const bump = records.find(({ identifier }) => identifier === "actions:bump");
    expect(bump).toMatchObject({ kind: "Completion", udfType: "Action", error: null, logLines: [] });
    const inner = records.find(
      ({ identifier, caller }) => identifier === "counters:increment" && caller === "Action",
    );
    expect(inner).toMatchObject({ parentExecutionId: bump?.executionId, requestId: "test-request" });
  });
});

describe("Node actions", () => {
  test("have Node, external packages, the deployment's environment, and call functions", async () => {
    const outcome = await action("nodejs:versions", { text: "abc" });
    expect(valueOf(outcome)).toEqual({
      hash: "ba7816bf",
      buffer: "616263",
      platform: true,
      external: "function",
      greeting: "hello",
      home: null,
      count: 1,
    });
    expect(outcome.logLines).toMatchObject([{ level: "LOG", messages: ["'in node'", "'abc'"] }]);
    expect(valueOf(await action("actions:viaNode", { text: "abc" }))).toMatchObject({ count: 2 });
  });

  test("fail with stacks in terms of the sources", async () => {
    expect(failureText(await action("nodejs:throws"))).toMatch(
      /^Uncaught Error: node failure\n {4}at .*nodejs\.ts:\d+:\d+/,
    );
  });

  test("an exception that nobody catches fails its own action only", async () => {
    const emitting = action("nodejs:emits");
    expect(valueOf(await action("nodejs:versions", { text: "" }))).toMatchObject({ external: "function" });
    expect(failureText(await emitting)).toMatch(/^Uncaught Error: from an emitter\n/);
  });

  test("take no more than 5 MiB of arguments", async () => {
    expect(failureText(await action("nodejs:versions", { text: "x".repeat(6 << 20) }))).toMatch(
      /^Node actions arguments size is too large\. The maximum size is 5 MiB\./,
    );
  });
});

describe("the scheduler", () => {
  const mutation = (path: string, args: JSONValue = {}, more = {}) =>
    harness.functions.mutation(request(path, args, more));
  const jobs = async () =>
    valueOf(await harness.functions.query(request("jobs:list"))) as Record<string, JSONValue>[];

  test("scheduling writes a pending job; cancelling ends it", async () => {
    const id = valueOf(await mutation("jobs:scheduleOne", { name: "later", delay: 60_000 }));
    expect(await jobs()).toMatchObject([
      { _id: id, name: "counters.js:increment", args: [{ name: "later" }], state: { kind: "pending" } },
    ]);
    valueOf(await mutation("jobs:cancel", { id }));
    expect(await jobs()).toMatchObject([{ _id: id, state: { kind: "canceled" } }]);
  });

  test("actions schedule too", async () => {
    const id = valueOf(await action("jobs:fromAction"));
    expect(await jobs()).toEqual(expect.arrayContaining([expect.objectContaining({ _id: id })]));
  });

  test("a target that is not there is refused", async () => {
    expect(failureText(await mutation("jobs:scheduleMissing"))).toContain(
      "Attempted to schedule function, but no exported function nope found in the file: counters.js",
    );
  });

  test("a scheduled mutation completes its job in its own transaction, once", async () => {
    const row = await harness.committer.execute((tx) =>
      tx.insert("_scheduled_jobs", { name: "x", args: [], scheduledTime: 0, state: { kind: "pending" } }),
    );
    const seen = valueOf(
      await mutation("jobs:ownState", {}, { scheduledJob: { id: row.value, component: "" } }),
    ) as string[];
    expect(seen.filter((kind) => kind === "inProgress")).toHaveLength(1);
    const stored = harness.committer.read((tx) => tx.get(row.value, { isSystem: true }, "system"));
    expect(JSON.parse(stored ?? "null")).toMatchObject({
      state: { kind: "success" },
      completedTime: expect.any(Number) as number,
    });
    expect(
      await mutation("jobs:ownState", {}, { scheduledJob: { id: row.value, component: "" } }),
    ).toMatchObject({
      ok: false,
      failure: { kind: "system", code: "ScheduledJobNotPending" },
    });
  });
});
