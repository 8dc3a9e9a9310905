import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeOperator, makeWorkspace, startChat } from "./backend";

export function firstStepCases(world: World): void {
  describe("the first steps", () => {
    it("are done when what they ask for is there", async () => {
      const team = await makeWorkspace(world.backend, "First hour");
      const owner = { sessionToken: team.sessionToken };
      const steps = () => world.backend.query(api.firstSteps.get, owner);
      const done = { snippet: false, message: false, reply: false, teammate: false, webhook: false };
      expect(await steps()).toEqual(done);
      const headers = { Origin: "https://shop.test" };
      await world.backend.fetch(`/widget/config?widgetId=${team.widgetId}`, { headers });
      expect(await steps()).toEqual({ ...done, snippet: true });
      const { conversationId } = await startChat(world.backend, team);
      expect(await steps()).toEqual({ ...done, snippet: true, message: true });
      const send = (internal: boolean) =>
        world.backend.mutation(api.messages.send, { ...owner, conversationId, body: "Hello", internal });
      await send(true);
      expect(await steps()).toMatchObject({ reply: false });
      await send(false);
      expect(await steps()).toMatchObject({ reply: true, teammate: false });
      await makeOperator(world.backend, team);
      expect(await steps()).toMatchObject({ teammate: true, webhook: false });
      const endpoint = { ...owner, url: "https://hooks.example.com/in", events: ["lead.created" as const] };
      const { subscriptionId } = await world.backend.action(api.webhooks.create, endpoint);
      expect(await steps()).toMatchObject({ webhook: true });
      await world.backend.mutation(api.webhooks.remove, { ...owner, subscriptionId });
      expect(await steps()).toMatchObject({ webhook: false });
    });

    it("are hidden and brought back for the whole team by who can do them", async () => {
      const team = await makeWorkspace(world.backend, "First hour, hidden");
      const agent = await makeOperator(world.backend, team);
      const admin = await makeOperator(world.backend, team, { role: "admin" });
      const steps = ({ sessionToken }: { sessionToken: string }) =>
        world.backend.query(api.firstSteps.get, { sessionToken });
      const set = ({ sessionToken }: { sessionToken: string }, dismissed: boolean) =>
        world.backend.mutation(api.firstSteps.setDismissed, { sessionToken, dismissed });
      expect(await steps(agent)).toBeNull();
      await expectRefusal(set(agent, true), "FORBIDDEN");
      await set(admin, true);
      await set(admin, true);
      expect(await steps(team)).toBeNull();
      await set(team, false);
      expect(await steps(admin)).toMatchObject({ teammate: true });
    });
  });
}
