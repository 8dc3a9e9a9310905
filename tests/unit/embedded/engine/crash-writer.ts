import { Committer, parseSchema } from "@/embedded/engine/committer";
import { Store } from "@/embedded/storage/store";
import { schemaOf } from "./engine";

/**
 * Process of the crash test: writes pairs of documents that belong together for ever, prints the number of each pair once its commit is
 * acknowledged, and builds and drops an index all the while. To be killed.
 */
const [dir, firstPair] = process.argv.slice(2);
if (dir === undefined) throw new Error("Usage: crash-writer <dir> <first pair>");
const store = await Store.open(dir);
const committer = await Committer.open(store);
let pair = Number(firstPair);

async function write(): Promise<never> {
  for (;;) {
    const n = pair++;
    await committer.execute((tx) => {
      tx.insert("pairs", { n, side: "left", pad: "x".repeat(n % 3_000) });
      tx.insert("pairs", { n, side: "right" });
    });
    process.stdout.write(`${n}\n`);
  }
}

async function changeSchema(): Promise<never> {
  for (let round = 0; ; round++) {
    const indexes: Record<string, string[]> =
      round % 2 === 0 ? { by_n: ["n"] } : { by_n: ["n"], by_side: ["side", "n"] };
    await committer.prepareSchema("", parseSchema(schemaOf({ pairs: { indexes } })));
    await committer.waitForSchema("", 60_000);
    await committer.activateSchema("");
  }
}

await committer.createTable("", "pairs");
await Promise.all([changeSchema(), ...Array.from({ length: 16 }, write)]);
