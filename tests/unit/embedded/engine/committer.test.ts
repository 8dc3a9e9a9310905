import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommitEvent } from "@/embedded/engine/committer";
import { WriteLog } from "@/embedded/engine/write-log";
import { fillCommitTs } from "@/embedded/storage/commit-ts";
import type { JSONObject, Ts } from "@/embedded/storage/types";
import { collect, Engine, fullScan, getDocument, indexScan } from "./engine";

let engine: Engine;
let now: number;

beforeEach(async () => {
  now = 1_700_000_000_000;
  engine = await Engine.create({ now: () => now });
  await engine.push({ t: { indexes: { by_at: ["at"], by_k: ["k"] } } });
});

afterEach(() => engine.destroy());

function int64(document: JSONObject | null, field: string): bigint {
  const { $integer } = document?.[field] as { $integer: string };
  return Buffer.from($integer, "base64").readBigInt64LE();
}

describe("timestamps", () => {
  test("increase with each commit, whatever the clock does", async () => {
    const ts: Ts[] = [];
    engine.committer.onCommit((commit) => ts.push(commit.ts));
    for (const time of [0, 0, 5, 1, 6]) {
      now = 1_700_000_000_000 + time;
      await engine.mutate((tx) => tx.insert("t", {}));
    }
    const first = ts[0]!;
    expect(ts.map((value) => value - first)).toEqual([
      0n,
      1n,
      expect.any(BigInt),
      expect.any(BigInt),
      expect.any(BigInt),
    ]);
    expect(ts).toEqual([...ts].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(ts).size).toBe(5);
    expect(ts.at(-1)).toBe(1_700_000_000_006_000_000n);
    expect(engine.committer.visibleTs).toBe(ts.at(-1));
  });

  test("go on after a restart, even with a clock that went back", async () => {
    const before = engine.committer.visibleTs;
    await engine.close();
    await engine.open({ now: () => 5 });
    expect(engine.committer.visibleTs).toBe(before);
    await engine.mutate((tx) => tx.insert("t", {}));
    expect(engine.committer.visibleTs).toBe(before + 1n);
  });

  test("take the place of their tokens in documents, nested ones and index keys included", async () => {
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      ids.push(
        await engine.mutate((tx) =>
          tx.insert("t", { at: { $commitTs: null }, list: [{ at: { $commitTs: null } }], n }),
        ),
      );
    }
    await engine.mutate((tx) => tx.patch(ids[0]!, { at: { $commitTs: null } }));
    const upTo = engine.committer.visibleTs;
    engine.query((tx) => {
      const found = collect(tx, indexScan("t.by_at"));
      expect(found.map(({ n }) => n)).toEqual([2, 3, 1]);
      expect(int64(found[2]!, "at")).toBe(upTo);
      expect(int64(found[0]!, "at")).toBe(int64((found[0]!["list"] as JSONObject[])[0]!, "at"));
      expect(collect(tx, indexScan("t.by_at", [["Eq", "at", found[1]!["at"]!]])).map(({ n }) => n)).toEqual([
        3,
      ]);
      expect(collect(tx, indexScan("t.by_at", [["Gt", "at", found[2]!["at"]!]]))).toEqual([]);
    });
  });

  test("are unresolved and sort last in the transaction that writes them", async () => {
    await engine.mutate((tx) =>
      tx.insert("t", { at: { $integer: "////////938=" }, n: "as large as can be but one" }),
    );
    await engine.mutate((tx) => {
      const id = tx.insert("t", { at: { $commitTs: null }, n: "mine" });
      expect(getDocument(tx, id)?.["at"]).toEqual({ $commitTs: null });
      expect(collect(tx, indexScan("t.by_at")).map(({ n }) => n)).toEqual([
        "as large as can be but one",
        "mine",
      ]);
    });
  });

  test("are not put into strings that look like a token", () => {
    const text = JSON.stringify({
      a: '{"$commitTs":null}',
      b: { $commitTs: null },
      c: [{ $commitTs: null }],
    });
    expect(JSON.parse(fillCommitTs(text, 1n))).toEqual({
      a: '{"$commitTs":null}',
      b: { $integer: "AQAAAAAAAAA=" },
      c: [{ $integer: "AQAAAAAAAAA=" }],
    });
  });
});

describe("commits", () => {
  test("are told to listeners in order, visible, before their callers hear", async () => {
    const story: string[] = [];
    engine.committer.onCommit(({ ts }) => {
      const snapshot = engine.store.snapshot();
      story.push(`told ${snapshot.ts >= ts && engine.committer.visibleTs >= ts}`);
      snapshot.close();
    });
    const outcomes = [1, 2, 3].map((n) => engine.committer.prepare((tx) => tx.insert("t", { n })).outcome);
    const results = await Promise.all(
      outcomes.map(async (outcome, n) => {
        const result = await engine.committer.commit(outcome);
        story.push(`heard ${n}`);
        return result.ok ? result.ts : 0n;
      }),
    );
    expect(story).toEqual(["told true", "told true", "told true", "heard 0", "heard 1", "heard 2"]);
    expect(results).toEqual([...results].sort((a, b) => (a < b ? -1 : 1)));
  });

  test("a listener that fails takes nothing from others, and the process goes on", async () => {
    const failures: unknown[] = [];
    await engine.close();
    await engine.open({ onListenerError: (error) => failures.push(error) });
    const heard: CommitEvent[] = [];
    const failing = engine.committer.onCommit(() => {
      throw new Error("listener");
    });
    const counting = engine.committer.onCommit((commit) => heard.push(commit));
    await engine.mutate((tx) => tx.insert("t", {}));
    failing();
    counting();
    await engine.mutate((tx) => tx.insert("t", {}));
    expect(heard).toHaveLength(1);
    expect(failures).toEqual([new Error("listener")]);
  });

  test("of one group see each other: of two increments from one snapshot one is refused", async () => {
    const id = await engine.mutate((tx) => tx.insert("t", { n: 0 }));
    const increments = Array.from({ length: 10 }, () =>
      engine.committer.prepare((tx) => tx.patch(id, { n: (getDocument(tx, id)?.["n"] as number) + 1 })),
    );
    const results = await Promise.all(increments.map(({ outcome }) => engine.committer.commit(outcome)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results[1]).toEqual({
      ok: false,
      conflict: { table: "t", documentId: id },
      retryAfter: expect.any(BigInt) as bigint,
    });
    await Promise.all(
      Array.from({ length: 10 }, () =>
        engine.committer.execute((tx) => tx.patch(id, { n: (getDocument(tx, id)?.["n"] as number) + 1 })),
      ),
    );
    expect(engine.query((tx) => getDocument(tx, id))).toMatchObject({ n: 11 });
  });

  test("that touch nothing a run read do not stop it", async () => {
    const { tx, snapshot } = engine.begin();
    collect(tx, indexScan("t.by_k", [["Eq", "k", "mine"]]));
    tx.insert("t", { k: "mine" });
    await engine.mutate((other) => other.insert("t", { k: "theirs" }));
    expect(await engine.committer.commit(tx.outcome())).toMatchObject({ ok: true });
    snapshot.close();
  });

  test("that only read stand at their snapshot", async () => {
    const { tx, snapshot } = engine.begin();
    collect(tx, fullScan("t"));
    await engine.mutate((other) => other.insert("t", {}));
    expect(await engine.committer.commit(tx.outcome())).toEqual({ ok: true, ts: snapshot.ts });
    snapshot.close();
  });

  test("create the tables they need", async () => {
    const { value } = await engine.committer.execute((tx) => tx.insert("made_on_the_way", { n: 1 }));
    expect(engine.query((tx) => getDocument(tx, value))).toMatchObject({ n: 1 });
  });

  test("a large one is whole", async () => {
    await engine.mutate((tx) => {
      for (let n = 0; n < 10_000; n++) tx.insert("t", { n, k: n % 7 });
    });
    expect(engine.query((tx) => tx.count("t"))).toBe(10_000);
    const perKey = [0, 1, 2, 3, 4, 5, 6].map((k) =>
      engine.query((tx) => collect(tx, indexScan("t.by_k", [["Eq", "k", k]])).length),
    );
    expect(perKey.reduce((a, b) => a + b)).toBe(10_000);
  });

  test("that cannot be written leave nothing behind, and nobody else in their group suffers", async () => {
    const { tx, snapshot } = engine.begin();
    tx.insert("t", { k: "whole" });
    tx.insert("t", { k: "broken" });
    const outcome = tx.outcome();
    snapshot.close();
    outcome.writes[1]!.added = [];
    const other = engine.begin();
    other.tx.insert("t", { k: "other" });
    const since = engine.committer.visibleTs;
    const broken = expect(engine.committer.commit(outcome)).rejects.toThrow("has no keys");
    expect(await engine.committer.commit(other.tx.outcome())).toMatchObject({ ok: true });
    other.snapshot.close();
    await broken;
    engine.query((reader) => {
      for (const query of [fullScan("t"), indexScan("t.by_k")]) {
        expect(collect(reader, query).map(({ k }) => k)).toEqual(["other"]);
      }
      expect(reader.count("t")).toBe(1);
    });
    const keys = outcome.writes[0]!.added;
    const ranges = keys.map(({ index, key }) => ({ index, lo: key, hi: `${key}\0` }));
    expect(engine.committer.changedSince({ ranges }, since, engine.committer.visibleTs)).toBe(false);
  });

  test("wait for a timestamp", async () => {
    const target = engine.committer.visibleTs + 1n;
    let reached = false;
    const waiting = engine.committer.waitUntilVisible(target).then(() => (reached = true));
    await engine.committer.drain();
    expect(reached).toBe(false);
    await engine.mutate((tx) => tx.insert("t", {}));
    await waiting;
    expect(engine.committer.visibleTs).toBeGreaterThanOrEqual(target);
    await engine.committer.waitUntilVisible(target);
  });

  test("are refused once closing, and those handed in before are kept", async () => {
    const outcome = engine.committer.prepare((tx) => tx.insert("t", { n: "last" })).outcome;
    const late = engine.committer.prepare((tx) => tx.insert("t", { n: "late" })).outcome;
    const commit = engine.committer.commit(outcome);
    const closing = engine.committer.close();
    await expect(engine.committer.commit(late)).rejects.toThrow("closing");
    expect(await commit).toMatchObject({ ok: true });
    await closing;
    await engine.store.close();
    await engine.open();
    expect(engine.query((tx) => collect(tx, fullScan("t")).map(({ n }) => n))).toEqual(["last"]);
  });

  test("a store that cannot write fails this commit and all after it", async () => {
    const failures: Error[] = [];
    await engine.close();
    await engine.open({ onFailure: (error) => failures.push(error) });
    const [first, second] = [1, 2].map(
      (n) => engine.committer.prepare((tx) => tx.insert("t", { n })).outcome,
    );
    engine.store.write = () => Promise.reject(new Error("no space left"));
    await expect(engine.committer.commit(first!)).rejects.toThrow("no space left");
    await expect(engine.committer.commit(second!)).rejects.toThrow("no space left");
    expect(failures).toHaveLength(1);
    expect(engine.query((tx) => tx.count("t"))).toBe(0);
  });
});

describe("the write log", () => {
  const entry = (ts: Ts, key: string): Parameters<WriteLog["append"]>[0] => ({
    ts,
    keys: [{ index: 1, key }],
    dropped: [],
  });
  const readSet = { ranges: [{ index: 1, lo: "b", hi: "c" }] };

  test("finds the first touch inside its span only", () => {
    const log = new WriteLog(10n);
    for (const [ts, key] of [
      [11n, "a"],
      [12n, "b"],
      [13n, "bb"],
      [14n, "c"],
    ] as const)
      log.append(entry(ts, key));
    expect(log.firstTouch(readSet, 10n, 14n)).toEqual({ ts: 12n, write: { index: 1, key: "b" } });
    expect(log.firstTouch(readSet, 12n, 14n)).toMatchObject({ ts: 13n });
    expect(log.firstTouch(readSet, 13n, 14n)).toBeNull();
    expect(log.firstTouch(readSet, 10n, 11n)).toBeNull();
    expect(log.firstTouch(readSet, 9n, 14n)).toBe("unknown");
  });

  test("forgets what is old, and says so", () => {
    const second = 1_000_000_000n;
    const log = new WriteLog(0n);
    for (let i = 1n; i <= 5_000n; i++) log.append(entry(i * second, "b"));
    expect(log.firstTouch(readSet, 4_000n * second, 5_000n * second)).toBe("unknown");
    expect(log.firstTouch(readSet, 4_970n * second, 5_000n * second)).toMatchObject({ ts: 4_971n * second });
    expect(log.firstTouch(readSet, 5_000n * second, 5_000n * second)).toBeNull();
  });

  test("forgets when it holds too many keys", () => {
    const log = new WriteLog(0n);
    const keys = Array.from({ length: 100_000 }, () => ({ index: 1, key: "x" }));
    for (let ts = 1n; ts <= 5n; ts++) log.append({ ts, keys, dropped: [] });
    expect(log.firstTouch(readSet, 1n, 5n)).toBe("unknown");
    expect(log.firstTouch(readSet, 4n, 5n)).toBeNull();
  });
});
