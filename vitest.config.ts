import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const alias = { "@": root.replace(/\/$/, "") };

const convexTests = [
  "tests/rest/**/*.convex-test.test.ts",
  "tests/unit/convex/**/*.test.ts",
  "tests/contract/**/*.convex-test.test.ts",
];
const domTests = ["tests/unit/components/**/*.test.{ts,tsx}", "tests/unit/widget/**/*.test.{ts,tsx}"];

/** Three projects, by what the code under test runs in: Convex's isolate, Node, a browser. */
export default defineConfig({
  test: {
    // A file waits for its backends and the CLI more than half of its time: two others fill that on two cores.
    maxWorkers: 3,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "convex",
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
        test: { name: "dom", environment: "happy-dom", include: domTests, testTimeout: 30_000 },
      },
    ],
  },
});
