import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type * as Sdk from "../../sdk/src/index";
import { buildSdk } from "../../scripts/build-sdk.mjs";
import { REPOSITORY } from "./embedded";

const run = promisify(execFile);

/** A project of somebody else: the packed SDK and convex in its node_modules, nothing of the repository. */
export type SdkProject = {
  dir: string;
  /** The SDK's package as npm lays it out. */
  packageDir: string;
  /** The SDK as a program of the project imports it. */
  load(): Promise<typeof Sdk>;
  remove(): void;
};

/** Builds the SDK, packs it as for publishing, and installs the tarball in an empty project. */
export async function installSdk(): Promise<SdkProject> {
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-sdk-"));
  const sdk = path.join(dir, "sdk");
  mkdirSync(sdk);
  await buildSdk(path.join(sdk, "dist"));
  cpSync(path.join(REPOSITORY, "sdk/package.json"), path.join(sdk, "package.json"));
  await run("npm", ["pack", "--silent", "--pack-destination", dir], { cwd: sdk });
  const tarball = readdirSync(dir).find((file) => file.endsWith(".tgz"))!;
  const packageDir = path.join(dir, "node_modules/@praxtalk/sdk");
  mkdirSync(packageDir, { recursive: true });
  await run("tar", ["-xzf", path.join(dir, tarball), "-C", packageDir, "--strip-components=1"]);
  for (const name of ["convex", "typescript", "@types"]) {
    symlinkSync(path.join(REPOSITORY, "node_modules", name), path.join(dir, "node_modules", name));
  }
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ type: "module" }));
  const entry = pathToFileURL(path.join(packageDir, "dist/index.js")).href;
  return {
    dir,
    packageDir,
    load: () => import(entry) as Promise<typeof Sdk>,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
