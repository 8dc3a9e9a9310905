/** The REST API on the embedded deployment: a real process, pushed to by the official CLI. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessCases } from "./access";
import { documentedErrorCodes } from "./document";
import { effectCases } from "./effects";
import { idempotencyCases } from "./idempotency";
import { inputCases } from "./inputs";
import { keyCases } from "./keys";
import { limitCases } from "./limits";
import { pageCases } from "./pages";
import { walkCases } from "./walk";
import { World } from "./world";

describe("the REST API", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world?.stop());

  keyCases(() => world);
  accessCases(() => world);
  effectCases(() => world);
  idempotencyCases(() => world);
  inputCases(() => world);
  limitCases(() => world);
  pageCases(() => world);
  walkCases(() => world);

  it("has given each documented refusal by now", () => {
    // That of the web server in front is reached in tests/unit/server/web-server.test.ts.
    expect([...world.codes, "UNAVAILABLE"].sort()).toEqual([...documentedErrorCodes].sort());
  });
});
