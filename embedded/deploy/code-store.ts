/**
 * Pushed code on disk: one folder per version, named by the hash of its content, never changed once it has
 * its name. Which version is deployed is not known here: that is a row in the database.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { flush } from "../storage/file-store";
import { DeployError } from "./deploy-error";
import type { ModuleConfig } from "./push-request";

/** Versions kept of each deployed folder beside it, so that runs that began on an older one can still load from it. */
const OLD_VERSIONS_KEPT = 5;
const MODULE_PATH_SEGMENT = /^(?=.*[A-Za-z0-9])[A-Za-z0-9_.]{1,64}$/;

export type StoredCode = { hash: string; dir: string };

/** The hash that the CLI computes for a module, hex. */
export function moduleSha256(module: { source: string; sourceMap?: string }): string {
  return createHash("sha256")
    .update(module.source)
    .update(module.sourceMap ?? "")
    .digest("hex");
}

export class CodeStore {
  readonly #root: string;

  constructor(dataDir: string) {
    this.#root = path.join(dataDir, "code");
  }

  readonly dirOf = (hash: string): string => path.join(this.#root, hash);

  /**
   * Writes a version to disk and returns where. The same modules always give the same folder; it is complete and
   * flushed before it gets its name, so a crash leaves only a temporary folder behind.
   */
  async write(modules: ModuleConfig[]): Promise<StoredCode> {
    for (const module of modules) checkModulePath(module.path);
    const hash = versionHash(modules);
    const dir = this.dirOf(hash);
    if (await exists(dir)) {
      const now = new Date();
      await utimes(dir, now, now);
      return { hash, dir };
    }
    const temporary = path.join(this.#root, `tmp-${randomUUID()}`);
    await mkdir(temporary, { recursive: true });
    // Node reads the "use node" modules as what they are, whatever package.json lies above the data folder.
    await writeDurably(path.join(temporary, "package.json"), '{"type":"module"}\n');
    for (const module of modules) {
      const file = path.join(temporary, module.path);
      await mkdir(path.dirname(file), { recursive: true });
      await writeDurably(file, module.source);
      if (module.sourceMap !== undefined) await writeDurably(`${file}.map`, module.sourceMap);
    }
    await rename(temporary, dir);
    await flush(this.#root);
    return { hash, dir };
  }

  /** Source of one module of a stored version, with its source map when it has one. */
  async readModule(hash: string, modulePath: string): Promise<{ source: string; sourceMap?: string }> {
    checkModulePath(modulePath);
    const file = path.join(this.dirOf(hash), modulePath);
    const source = await readFile(file, "utf8");
    const mapFile = `${file}.map`;
    return (await exists(mapFile)) ? { source, sourceMap: await readFile(mapFile, "utf8") } : { source };
  }

  /** Removes what crashes left and all but the newest few versions besides those named. */
  async prune(keep: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    const others: { name: string; usedAt: number }[] = [];
    for (const name of await readdir(this.#root)) {
      if (keep.has(name)) continue;
      others.push({ name, usedAt: (await stat(path.join(this.#root, name))).mtimeMs });
    }
    others.sort((a, b) => b.usedAt - a.usedAt);
    const isTemporary = (name: string) => name.startsWith("tmp-");
    const versions = others.filter((other) => !isTemporary(other.name));
    const doomed = [
      ...others.filter((other) => isTemporary(other.name)),
      ...versions.slice(OLD_VERSIONS_KEPT * keep.size),
    ];
    for (const { name } of doomed) await rm(path.join(this.#root, name), { recursive: true, force: true });
  }
}

function versionHash(modules: ModuleConfig[]): string {
  const lines = modules.map((module) => `${module.path}\0${module.environment}\0${moduleSha256(module)}`);
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

/** Module paths become file names: anything but plain relative segments is refused. */
export function checkModulePath(modulePath: string): void {
  const isPlain =
    modulePath.endsWith(".js") && modulePath.split("/").every((s) => MODULE_PATH_SEGMENT.test(s));
  if (!isPlain)
    throw new DeployError("InvalidConfig", `${modulePath} is not a valid path to a Convex module.`);
}

async function writeDurably(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flush: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
