// Content hashes decide what is stale: times of files say nothing after a clone or a checkout.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";

/** SHA-256 over names and contents of these files and folders, given relative to the checkout; missing ones count as absent. */
export function fingerprint(paths, base = root) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((entry) => listFiles(entry, base))) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(base, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** The files at or below `entry`, relative to `base` and sorted; none when it is absent. */
export function listFiles(entry, base = root) {
  const absolute = path.join(base, entry);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [entry];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => path.relative(base, path.join(item.parentPath ?? item.path, item.name)))
    .sort();
}
