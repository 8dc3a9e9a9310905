// The same work by the storage library alone: what the deployment's figures are measured against.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { open } from "lmdb";

const ROWS = 100_000;
const MS_PER_LOOP = 2_000;

export async function bareLmdb() {
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-lmdb-"));
  const db = open({ path: dir, encoding: "string", keyEncoding: "binary", noMemInit: true });
  try {
    await fill(db);
    return { newest: newestPerSecond(db), commits: await commitsPerSecond(db) };
  } finally {
    await db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const key = (i) => Buffer.from(`general ${String(i).padStart(12, "0")}`);
const row = (i) =>
  JSON.stringify({
    _creationTime: 1_790_000_000_000.25 + i,
    _id: "j57dn5qeaxp9g02rmj37k4sehs8jpqmq",
    at: i,
    author: `author ${i % 100}`,
    body: "A message of about the length that people write to each other in a chat, no more.",
    channel: "general",
  });

async function fill(db) {
  let last;
  for (let i = 0; i < ROWS; i++) last = db.put(key(i), row(i));
  await last;
  await db.flushed;
}

/** Newest 50 rows by a range of the index, parsed; one thread. */
function newestPerSecond(db) {
  const until = performance.now() + MS_PER_LOOP;
  let loops = 0;
  while (performance.now() < until) {
    const page = [];
    for (const { value } of db.getRange({ reverse: true, limit: 50 })) page.push(JSON.parse(value));
    if (page.length !== 50) throw new Error("The range came out wrong.");
    loops++;
  }
  return loops / (MS_PER_LOOP / 1000);
}

/** Transactions of three puts, 64 in flight, each counted once it is flushed. */
async function commitsPerSecond(db) {
  const until = performance.now() + MS_PER_LOOP;
  let commits = 0;
  await Promise.all(
    Array.from({ length: 64 }, async (_, writer) => {
      while (performance.now() < until) {
        const name = `w${writer} ${commits}`;
        await db.transaction(() => {
          for (const part of ["a", "b", "c"]) db.put(Buffer.from(`${name} ${part}`), "{}");
        });
        await db.flushed;
        commits++;
      }
    }),
  );
  return commits / (MS_PER_LOOP / 1000);
}
