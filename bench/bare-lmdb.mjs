// The same work by the storage library alone: what the deployment's figures are measured against.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { open } from "lmdb";

const ROWS = 100_000;
const MS_PER_LOOP = 1_000;
const IN_FLIGHT = 64;

export class BareLmdb {
  #dir = mkdtempSync(path.join(tmpdir(), "praxtalk-lmdb-"));
  #db = open({ path: this.#dir, encoding: "string", keyEncoding: "binary", overlappingSync: false });
  #writes = 0;

  async fill() {
    let last;
    for (let i = 0; i < ROWS; i++) last = this.#db.put(key(i), row(i));
    await last;
  }

  /** Reads a second of the newest 50 rows by a range of the index, parsed; one thread. */
  newest() {
    const began = performance.now();
    let loops = 0;
    while (performance.now() < began + MS_PER_LOOP) {
      const page = [];
      for (const { value } of this.#db.getRange({ reverse: true, limit: 50 })) page.push(JSON.parse(value));
      if (page.length !== 50) throw new Error("The range came out wrong.");
      loops++;
    }
    return loops / ((performance.now() - began) / 1000);
  }

  /** Transactions a second of three puts each, 64 in flight, each counted once it is on disk. */
  async commits() {
    const began = performance.now();
    let commits = 0;
    const writer = async () => {
      while (performance.now() < began + MS_PER_LOOP) {
        const name = `w${this.#writes++}`;
        await this.#db.batch(() => {
          for (const part of ["a", "b", "c"]) void this.#db.put(Buffer.from(`${name} ${part}`), "{}");
        });
        commits++;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
    return commits / ((performance.now() - began) / 1000);
  }

  async close() {
    await this.#db.close();
    rmSync(this.#dir, { recursive: true, force: true });
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
