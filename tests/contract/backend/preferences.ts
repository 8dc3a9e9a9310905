import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeOperator, makeWorkspace, startChat } from "./backend";

export function preferenceCases(world: World): void {
  describe("preferences", () => {
    const usual = {
      singleKeys: true,
      keys: {},
      density: "comfortable",
      mutedKinds: [],
    };
    const get = ({ sessionToken }: { sessionToken: string }) =>
      world.backend.query(api.preferences.get, { sessionToken });

    it("are one's own, the usual ones until they are changed, and change one by one", async () => {
      const one = await makeOperator(world.backend, world.acme);
      const other = await makeOperator(world.backend, world.acme);
      const update = world.backend.mutation;
      const { sessionToken } = one;
      expect(await get(one)).toEqual(usual);
      await update(api.preferences.update, { sessionToken, density: "compact" });
      await update(api.preferences.update, { sessionToken, singleKeys: false, keys: { r: "Q", e: "e" } });
      expect(await get(one)).toEqual({ ...usual, density: "compact", singleKeys: false, keys: { r: "q" } });
      expect(await get(other)).toEqual(usual);
      await expectRefusal(
        update(api.preferences.update, { sessionToken, density: "comfortable", keys: { r: "n" } }),
        "VALIDATION",
      );
      expect(await get(one)).toMatchObject({ keys: { r: "q" }, density: "compact" });
    });

    it("keep from the bell what an operator does not want there, and from nobody else's", async () => {
      const team = await makeWorkspace(world.backend, "Muted");
      const quiet = await makeOperator(world.backend, team);
      const { sessionToken } = quiet;
      await world.backend.mutation(api.preferences.update, { sessionToken, mutedKinds: ["human_requested"] });
      const { widgetId, visitorKey } = await startChat(world.backend, team);
      const chat = (await world.backend.rows("conversations")).find(
        ({ brandId }) => brandId === team.brandId,
      );
      if (chat === undefined) throw new Error("The chat is not there.");
      const conversationId = chat._id;
      await world.backend.mutation(api.visitors.requestHumanAgent, { widgetId, visitorKey, conversationId });
      const bell = async (who: { sessionToken: string }) =>
        (await world.backend.query(api.notifications.listActivity, { sessionToken: who.sessionToken })).map(
          ({ kind }) => kind,
        );
      expect(await bell(team)).toEqual(["human_requested"]);
      expect(await bell(quiet)).toEqual([]);
    });

    it("of formats are ones that exist, and can be given back", async () => {
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      const set = (change: { locale?: string | null; timeZone?: string | null }) =>
        world.backend.mutation(api.preferences.update, { sessionToken, ...change });
      for (const locale of ["", "xx-YY", "de-DE-u-nu-arab"])
        await expectRefusal(set({ locale }), "VALIDATION");
      for (const timeZone of ["", "Mars/Olympus", "+02:00"]) {
        await expectRefusal(set({ timeZone }), "VALIDATION");
      }
      await set({ locale: "de-DE", timeZone: "Asia/Kolkata" });
      await world.backend.mutation(api.preferences.update, {
        sessionToken,
        announce: { notifications: true, sound: false },
      });
      expect(await get({ sessionToken })).toEqual({
        ...usual,
        locale: "de-DE",
        timeZone: "Asia/Kolkata",
        announce: { notifications: true, sound: false },
      });
      await set({ locale: null });
      expect(await get({ sessionToken })).toMatchObject({ timeZone: "Asia/Kolkata" });
      expect((await get({ sessionToken })).locale).toBeUndefined();
    });

    it("go with the operator", async () => {
      const team = await makeWorkspace(world.backend, "Leaving");
      const { operatorId, sessionToken } = await makeOperator(world.backend, team);
      await world.backend.mutation(api.preferences.update, { sessionToken, density: "compact" });
      const theirs = async () =>
        (await world.backend.rows("operatorPreferences")).filter((row) => row.operatorId === operatorId);
      expect(await theirs()).toHaveLength(1);
      await world.backend.mutation(api.operators.remove, { sessionToken: team.sessionToken, operatorId });
      expect(await theirs()).toEqual([]);
    });
  });
}
