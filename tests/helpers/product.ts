/** The product's own functions for a backend of a test. */
import { cpSync } from "node:fs";
import path from "node:path";
import { convexProject, REPOSITORY } from "./embedded";
import type { ConvexProject } from "./embedded";

/** A project of the product's functions, with modules of the test's own beside them. */
export function productProject(modules: Record<string, string>): ConvexProject {
  const project = convexProject({});
  for (const folder of ["convex", "lib"]) {
    cpSync(path.join(REPOSITORY, folder), path.join(project.dir, folder), { recursive: true });
  }
  project.write(modules);
  return project;
}
