import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { WAIT } from "./tests/helpers/wait";

const root = fileURLToPath(new URL(".", import.meta.url));
const alias = { "@": root.replace(/\/$/, "") };

const convexTests = [
  "tests/rest/**/*.convex-test.test.ts",
  "tests/unit/convex/**/*.test.ts",
  "tests/contract/**/*.convex-test.test.ts",
];
const domTests = ["tests/unit/components/**/*.test.{ts,tsx}", "tests/unit/widget/**/*.test.{ts,tsx}"];

/** Files that start a deployment first: they are the longest, and the last of them would run alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.endsWith(".embedded.test.ts");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Three projects, by what the code under test runs in: Convex's isolate, Node, a browser. */
export default defineConfig({
  test: {
    // A file waits for its backends and the CLI more than half of its time: two others fill that on two cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "convex",
          expect: { poll: WAIT },
          environment: "edge-runtime",
          // Enough beside others that hold both cores.
          testTimeout: 30_000,
          include: convexTests,
          server: { deps: { inline: ["convex-test", /@convex-dev/] } },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "node",
          expect: { poll: WAIT },
          environment: "node",
          include: ["tests/unit/**/*.test.ts", "tests/contract/**/*.test.ts", "tests/rest/**/*.test.ts"],
          exclude: [...convexTests, ...domTests],
          // A test of this project may start a real backend and push to it.
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "dom",
          expect: { poll: WAIT },
          environment: "happy-dom",
          include: domTests,
          testTimeout: 30_000,
        },
      },
    ],
  },
});
