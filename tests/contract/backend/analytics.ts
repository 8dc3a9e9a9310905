import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, newClientId } from "./backend";
import type { Brand, Operator, Workspace } from "./backend";

const HOUR = 60 * 60_000;
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 16);
const DAYS = MONDAY / (24 * HOUR);

export function analyticsCases(world: World): void {
  describe("analytics", () => {
    let team: Workspace;
    let brand: Brand;
    let agent: Operator;
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Measured");
      brand = await makeBrand(world.backend, team, { name: "Kettle Row" });
      agent = await makeOperator(world.backend, team, { name: "Bo", brandAccess: [brand.brandId] });
      const cell = (
        slot: number,
        metric: "started" | "answered" | "resolved",
        bucket: number,
        count: number,
      ) => ({
        slot,
        metric,
        bucket,
        count,
      });
      const row = { workspaceId: team.workspaceId, channel: "web_chat" as const };
      const rows: {
        brandId: Id<"brands">;
        day: number;
        by?: Id<"operators">;
        cells: ReturnType<typeof cell>[];
      }[] = [
        // 23:30 UTC on Sunday is Monday in Berlin.
        { brandId: brand.brandId, day: DAYS - 1, cells: [cell(94, "started", 0, 2)] },
        { brandId: brand.brandId, day: DAYS, cells: [cell(36, "started", 0, 3)] },
        { brandId: brand.brandId, day: DAYS, cells: [cell(37, "started", 0, 1)] },
        { brandId: brand.brandId, day: DAYS, by: agent.operatorId, cells: [cell(36, "answered", 0, 2)] },
        { brandId: team.brandId, day: DAYS, cells: [cell(40, "started", 0, 5), cell(40, "resolved", 10, 1)] },
        { brandId: team.brandId, day: DAYS - 2, cells: [cell(0, "started", 0, 7)] },
      ];
      for (const { brandId, day, by, cells } of rows) {
        await world.backend.insert("metricDays", { ...row, brandId, day, operatorId: by, cells });
      }
    });

    type Asked = Partial<Record<"until" | "timeZone" | "brandId" | "operatorId", string>> & { days?: number };
    const ask = ({ sessionToken }: { sessionToken: string }, asked: Asked = {}) =>
      world.backend.query(api.analytics.overview, { sessionToken, days: 2, until: "2026-11-16", ...asked });

    it("are those of the asker's days, with as many days before, by brand, channel, operator and hour", async () => {
      const utc = await ask(team);
      expect(utc).toMatchObject({ from: "2026-11-15", to: "2026-11-16", timeZone: "UTC" });
      expect(utc.totals).toMatchObject({ started: 11, answered: 2, resolved: 1 });
      expect(utc.previous).toMatchObject({ started: 7 });
      expect(utc.days.map(({ day, started, isOver }) => [day, started, isOver])).toEqual([
        ["2026-11-15", 2, true],
        ["2026-11-16", 9, true],
      ]);
      expect(utc.hours[9]).toMatchObject({ hour: 9, started: 4, answered: 2 });
      expect(utc.brands.map(({ name, started }) => [name, started])).toContainEqual(["Kettle Row", 6]);
      expect(utc.channels).toMatchObject([{ channel: "web_chat", started: 11 }]);
      expect(utc.operators).toMatchObject([{ name: "Bo", answered: 2 }]);
      expect(utc.firstResponses).toEqual([{ bucket: 0, count: 2 }]);
      expect(utc.totals.firstResponse).toMatchObject({ count: 2 });
      expect(utc.totals.firstResponse.median).toBeCloseTo(62_116, 0);

      const berlin = await ask(team, { timeZone: "Europe/Berlin" });
      expect(berlin.days.map(({ started }) => started)).toEqual([0, 11]);
      expect(berlin.hours[0]).toMatchObject({ started: 2 });
      expect((await ask(team, { timeZone: "Asia/Kolkata" })).hours[5]).toMatchObject({ started: 2 });
    });

    it("are of the operator's own brands, and of one operator where one is named", async () => {
      expect((await ask(agent)).totals).toMatchObject({ started: 6, answered: 2 });
      expect((await ask(team, { brandId: team.brandId })).totals).toMatchObject({ started: 5, answered: 0 });
      expect((await ask(agent, { brandId: team.brandId })).totals).toMatchObject({ started: 0 });
      expect((await ask(world.rival)).totals).toMatchObject({ started: 0 });
      const own = await ask(team, { operatorId: agent.operatorId });
      expect(own.totals).toMatchObject({ started: 0, answered: 2 });
      await expectRefusal(ask(team, { operatorId: world.rival.operatorId }), "NOT_FOUND");
    });

    it("refuse a zone or a day that does not exist", async () => {
      await expectRefusal(ask(team, { timeZone: "Mars/Base" }), "VALIDATION");
      for (const until of ["2026-02-30", "yesterday", ""])
        await expectRefusal(ask(team, { until }), "VALIDATION");
    });

    it("count the start, the first answer and the first resolution of a conversation, once each", async () => {
      const { backend } = world;
      const { sessionToken } = agent;
      const visitor = { widgetId: brand.widgetId, visitorKey: `v_${"7".repeat(64)}` };
      const start = { ...visitor, name: "Maya", message: "Hello", clientMessageId: newClientId() };
      const { conversationId } = await backend.mutation(api.visitors.identifyAndStartConversation, start);
      const say = () =>
        backend.mutation(api.visitors.sendVisitorMessage, { ...visitor, conversationId, body: "x" });
      const answer = (internal: boolean) =>
        backend.mutation(api.messages.send, {
          sessionToken,
          conversationId,
          body: "y",
          internal,
          clientMessageId: newClientId(),
        });
      await answer(true);
      await answer(false);
      await say();
      await answer(false);
      for (const status of ["resolved", "open", "closed"] as const) {
        await backend.mutation(api.conversations.setStatus, { sessionToken, conversationId, status });
      }
      const samples = (await backend.rows("metricSamples")).filter(
        ({ brandId }) => brandId === brand.brandId,
      );
      expect(samples.map(({ metric, operatorId }) => [metric, operatorId])).toEqual([
        ["started", undefined],
        ["answered", agent.operatorId],
        ["resolved", agent.operatorId],
      ]);
    });
  });
}
