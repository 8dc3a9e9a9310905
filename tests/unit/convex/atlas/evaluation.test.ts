import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import { makeScene } from "./scene";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("an evaluation that the budget does not allow is refused, and leaves nothing behind", async () => {
  const scene = await makeScene();
  const { brandId } = scene.ids;
  const sessionToken = await scene.login();
  await scene.t.mutation(api.atlas.addQuestion, { sessionToken, brandId, question: "Are returns free?" });
  await scene.t.mutation(api.atlas.setBudget, { sessionToken, monthlyTokens: 100 });
  const evaluate = () => scene.t.mutation(api.atlas.runEvaluation, { sessionToken, brandId });
  await expect(evaluate()).rejects.toMatchObject({ data: { code: "CONFLICT", message: /budget/ } });
  expect(await scene.runs()).toEqual([]);
  await scene.t.mutation(api.atlas.setBudget, { sessionToken, monthlyTokens: 100_000 });
  expect(await evaluate()).toEqual({ started: 1 });
});
