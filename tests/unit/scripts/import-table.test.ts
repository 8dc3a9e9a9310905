import path from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { root } from "../../../scripts/support/run.mjs";

/** The project's own configuration, the import rule alone, without types: what it says of a line in a file. */
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId === "@typescript-eslint/no-restricted-imports",
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
});

async function isRefused(file: string, line: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: path.join(root, file) });
  const problems = result?.messages ?? [];
  expect(problems.every(({ fatal }) => !fatal)).toBe(true);
  return problems.length > 0;
}

describe("the import table", () => {
  it.each([
    ["lib/a.ts", 'import { x } from "../convex/errors";'],
    ["embedded/storage/a.ts", 'import { x } from "../engine/committer";'],
    ["embedded/engine/a.ts", 'import { x } from "@/embedded/runtime/functions";'],
    ["embedded/runtime/a.ts", 'import { x } from "../sync/session";'],
    ["embedded/http/a.ts", 'import { x } from "../deployment";'],
    ["embedded/deployment.ts", 'import { x } from "../convex/schema";'],
    ["convex/brands.ts", 'import { query } from "./_generated/server";'],
    ["convex/brands.ts", 'import { mutationGeneric } from "convex/server";'],
    ["convex/model/a.ts", 'import { internalMutation } from "../_generated/server";'],
    ["convex/model/a.ts", 'import { x } from "../brands";'],
    ["convex/model/a.ts", 'import { x } from "../functions";'],
    ["convex/logic/a.ts", 'import { x } from "../model/brands";'],
    ["convex/brands.ts", 'import { x } from "../embedded/engine/limits";'],
    ["components/ui/a.tsx", 'import { x } from "@/app/page";'],
    ["components/ui/a.tsx", 'import { x } from "@/convex/model/brands";'],
    ["components/ui/a.tsx", 'import { x } from "@/convex/validators";'],
    ["app/a.tsx", 'import { x } from "@/server/settings";'],
    ["widget/panel/a.ts", 'import { api } from "../../convex/_generated/api";'],
    ["widget/panel/a.ts", 'import { x } from "@/components/ui/button";'],
    ["server/a.ts", 'import { x } from "../embedded/http/server";'],
  ])("refuses in %s: %s", async (file, line) => {
    expect(await isRefused(file, line)).toBe(true);
  });

  it.each([
    ["embedded/engine/a.ts", 'import { x } from "../storage/store";'],
    ["embedded/sync/a.ts", 'import { x } from "../http/redaction";'],
    ["convex/functions.ts", 'import { query } from "./_generated/server";'],
    ["convex/http.ts", 'import { httpAction } from "./_generated/server";'],
    ["convex/model/a.ts", 'import type { MutationCtx } from "../_generated/server";'],
    ["convex/model/a.ts", 'import { x } from "../../lib/text";'],
    ["convex/brands.ts", 'import { x } from "./model/brands";'],
    ["components/ui/a.tsx", 'import type { x } from "@/convex/validators";'],
    ["components/ui/a.tsx", 'import { api } from "@/convex/_generated/api";'],
    ["app/a.tsx", 'import { x } from "@/components/ui/button";'],
    ["widget/panel/a.ts", 'import type { api } from "../../convex/_generated/api";'],
    ["tests/unit/a.ts", 'import { x } from "../../embedded/engine/limits";'],
  ])("allows in %s: %s", async (file, line) => {
    expect(await isRefused(file, line)).toBe(false);
  });
});
