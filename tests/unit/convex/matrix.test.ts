// @vitest-environment node
// Node, not the edge runtime: passwords are checked by a "use node" module.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeFunctionReference } from "convex/server";
import type { DefaultFunctionArgs } from "convex/server";
import { readErrorCode } from "../../../lib/errors";
import type { ErrorCode } from "../../../lib/errors";
import { ENVIRONMENT } from "../../contract/backend/backend";
import { useVirtualTime } from "../../helpers/virtual-time";
import { CASES } from "./matrix/cases";
import type { Case } from "./matrix/cases";
import { CALLERS, SIDES, expectedOutcomes, isAboutRows } from "./matrix/policies";
import type { Caller, Outcome, Side } from "./matrix/policies";
import { homeOf, makeScene, sidesIn } from "./matrix/scene";
import type { Scene } from "./matrix/scene";
import { functions } from "./registered";

const kinds = new Map(functions.map(({ name, registered }) => [name, registered]));

const REFUSED: Partial<Record<ErrorCode, Outcome>> = {
  FORBIDDEN: "no",
  NOT_FOUND: "--",
  UNAUTHENTICATED: "out",
};

/** Calls the function as any client does, but takes back what it has changed: the next call finds the same rows. */
async function callAndUndo({ t }: Scene, name: string, args: DefaultFunctionArgs): Promise<unknown> {
  const kind = kinds.get(name);
  if (kind?.isQuery) return await t.query(makeFunctionReference<"query">(name), args);
  if (kind?.isAction) return await t.action(makeFunctionReference<"action">(name), args);
  let answered: { answer: unknown } | null = null;
  const undone = t.mutation(async (ctx) => {
    answered = { answer: await ctx.runMutation(makeFunctionReference<"mutation">(name), args) };
    throw new Error("Taken back.");
  });
  const refusal = await undone.catch((error: unknown) => error);
  if (answered === null) throw refusal;
  return (answered as { answer: unknown }).answer;
}

/** What an answer is to who asked: something, or nothing. */
function answered({ name, policy, isList, isDone }: Case, side: Side, answer: unknown): Outcome {
  if (isList) return sidesIn(answer).includes(side) ? "ok" : "--";
  if (isDone !== undefined) return isDone(answer) ? "ok" : "--";
  if (kinds.get(name)?.isQuery !== true) return "ok";
  if (!isAboutRows(policy)) return answer === null ? "--" : "ok";
  const rows = Array.isArray(answer) ? answer : (answer as { page?: unknown[] } | null)?.page;
  return answer === null || rows?.length === 0 ? "--" : "ok";
}

/** The sides of which the caller may see nothing, whatever they ask. */
function hiddenFrom(caller: Caller): Side[] {
  if (caller === "owner elsewhere") return ["own", "other"];
  const isLimited = caller.startsWith("brand ") || caller.endsWith(" token");
  return isLimited ? ["other", "foreign"] : ["foreign"];
}

async function outcomeOf(scene: Scene, call: Case, caller: Caller, side: Side): Promise<string> {
  const args = { sessionToken: scene.tokenOf(caller), ...call.args(scene.rowFor(caller, side)) };
  try {
    const answer = await callAndUndo(scene, call.name, args);
    const leaked = hiddenFrom(caller).filter((hidden) => sidesIn(answer).includes(hidden));
    return leaked.length > 0 ? `shows ${leaked.join(" and ")}` : answered(call, side, answer);
  } catch (error) {
    const code = readErrorCode(error);
    if (code !== null && code === call.past) return "ok";
    return (code !== null && REFUSED[code]) || `failed: ${String(error)}`;
  }
}

/** What each caller gets, as words in the order of the sides. */
async function outcomesOf(
  call: Case,
  sceneFor: () => Scene | Promise<Scene>,
): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const caller of CALLERS) {
    const scene = await sceneFor();
    const words: string[] = [];
    for (const side of isAboutRows(call.policy) ? SIDES : [homeOf(caller)]) {
      words.push(await outcomeOf(scene, call, caller, side));
    }
    outcomes[caller] = words.join(" ");
  }
  return outcomes;
}

const titled = CASES.map((call) => ({ title: call.note ? `${call.name} ${call.note}` : call.name, call }));
const isAction = ({ call }: { call: Case }) => kinds.get(call.name)?.isAction === true;

describe("who may what", () => {
  beforeAll(() => {
    Object.assign(process.env, ENVIRONMENT);
    useVirtualTime();
    return () => void vi.useRealTimers();
  });

  describe("of one transaction", () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await makeScene();
    });

    it.each(titled.filter((each) => !isAction(each)))("$title", async ({ call }) => {
      expect(await outcomesOf(call, () => scene)).toEqual(expectedOutcomes(call.policy, call.agents));
    });
  });

  describe("of several", () => {
    // Nothing takes these back: each caller finds a scene of their own.
    it.each(titled.filter(isAction))("$title", async ({ call }) => {
      expect(await outcomesOf(call, makeScene)).toEqual(expectedOutcomes(call.policy, call.agents));
    });
  });
});
