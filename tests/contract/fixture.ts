/** The app of the protocol contracts, as a project that the CLI can push. */
import { cpSync } from "node:fs";
import path from "node:path";
import { convexProject, REPOSITORY, startBackend, type Backend } from "../helpers/embedded";

/** Starts a deployment with the functions of `fixture/convex`. */
export async function startFixture(env: Record<string, string> = {}): Promise<Backend> {
  const project = convexProject({});
  cpSync(path.join(REPOSITORY, "tests/contract/fixture/convex"), path.join(project.dir, "convex"), {
    recursive: true,
  });
  const backend = await startBackend({ env });
  await backend.push(project.dir);
  project.remove();
  return backend;
}
