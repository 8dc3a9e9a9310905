import { describe, expect, test } from "vitest";
import { ExecutionLog } from "../../../../embedded/deploy/execution-log";

const never = new AbortController().signal;

function logAt(start: number) {
  const clock = { now: start };
  return {
    clock,
    log: new ExecutionLog<string>(
      () => clock.now,
      (entry) => entry.length,
    ),
  };
}

describe("ExecutionLog", () => {
  test("gives the history for cursor 0, and afterwards only what is new", async () => {
    const { log } = logAt(1_000);
    log.append("a");
    log.append("b");
    const first = await log.poll(0, never);
    expect(first.entries).toEqual(["a", "b"]);
    log.append("c");
    expect((await log.poll(first.newCursor, never)).entries).toEqual(["c"]);
  });

  test("shows no entry twice and skips none when many come in one millisecond or the clock goes back", async () => {
    const { log, clock } = logAt(1_000);
    const seen: string[] = [];
    let cursor = (await log.poll(0, never)).newCursor;
    for (let i = 0; i < 50; i++) {
      if (i === 20) clock.now -= 500;
      log.append(String(i));
      if (i % 7 === 0) {
        const page = await log.poll(cursor, never);
        seen.push(...page.entries);
        cursor = page.newCursor;
      }
    }
    seen.push(...(await log.poll(cursor, AbortSignal.abort())).entries);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  });

  test("forgets the oldest when entries are long, never the newest", async () => {
    const { log } = logAt(1_000);
    const long = (name: string) => name.padEnd(6 * 1024 * 1024);
    for (const name of ["a", "b", "c"]) log.append(long(name));
    const kept = async () => (await log.poll(0, never)).entries.map((entry) => entry[0]);
    expect(await kept()).toEqual(["b", "c"]);
    log.append("d".padEnd(40 * 1024 * 1024));
    expect(await kept()).toEqual(["d"]);
  });

  test("waits for an entry when there is none", async () => {
    const { log } = logAt(1_000);
    const { newCursor } = await log.poll(0, never);
    const waiting = log.poll(newCursor, never);
    log.append("at last");
    expect((await waiting).entries).toEqual(["at last"]);
  });

  test("answers empty with the same cursor when the client goes away", async () => {
    const { log } = logAt(1_000);
    const { newCursor } = await log.poll(0, never);
    const gone = new AbortController();
    const waiting = log.poll(newCursor, gone.signal);
    gone.abort();
    expect(await waiting).toEqual({ entries: [], newCursor });
    expect(await log.poll(newCursor, AbortSignal.abort())).toEqual({ entries: [], newCursor });
  });

  test("keeps the newest thousand", async () => {
    const { log } = logAt(1_000);
    for (let i = 0; i < 1_200; i++) log.append(String(i));
    const { entries } = await log.poll(0, never);
    expect([entries.length, entries[0], entries.at(-1)]).toEqual([1_000, "200", "1199"]);
  });
});
