import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { ConversationStatus } from "../../../convex/validators";
import { readErrorCode } from "../../../lib/errors";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, startChat } from "./backend";
import type { Brand, Operator, Workspace } from "./backend";
import { eventually } from "./hooks";

export function teamCases(world: World): void {
  describe("the team", () => {
    let team: Workspace;
    let second: Brand;
    let owner: { sessionToken: string };
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Crew");
      second = await makeBrand(world.backend, team);
      owner = { sessionToken: team.sessionToken };
    });

    const list = ({ sessionToken }: { sessionToken: string }) =>
      world.backend.query(api.operators.list, { sessionToken });
    const rowOf = async ({ operatorId }: Operator) =>
      (await list(owner)).find(({ _id }) => _id === operatorId);
    const audit = async () => (await world.backend.rows("auditLogs")).at(-1);

    it("is listed by role, then by age, for everybody of it and nobody else", async () => {
      const crew = await makeWorkspace(world.backend, "Listed");
      const made: [string, "agent" | "admin" | "owner"][] = [
        ["Agent 1", "agent"],
        ["Admin 1", "admin"],
        ["Owner 2", "owner"],
        ["Agent 2", "agent"],
      ];
      let last: Operator | null = null;
      // By the deployment's clock, which other cases may have moved.
      const owners = await world.backend.rows("operators");
      const since = owners.find(({ _id }) => _id === crew.operatorId)?.createdAt ?? 0;
      for (const [index, [name, role]] of made.entries()) {
        const createdAt = since + index + 1;
        last = await makeOperator(world.backend, crew, { name, role, createdAt });
      }
      const rows = await list(last!);
      expect(rows.map(({ name }) => name)).toEqual([
        "Ada Lovelace",
        "Owner 2",
        "Admin 1",
        "Agent 1",
        "Agent 2",
      ]);
      expect(Object.keys(rows[0]!).sort()).toEqual(
        ["_id", "email", "name", "role", "brandAccess", "hasTwoStep", "createdAt"].sort(),
      );
    });

    it("is changed by those alone who may: every role on every role", async () => {
      const actors = {
        owner: { role: "owner", brandAccess: "all" },
        admin: { role: "admin", brandAccess: "all" },
        "admin of one brand": { role: "admin", brandAccess: [team.brandId] },
        agent: { role: "agent", brandAccess: "all" },
      } as const;
      const targets = {
        ...actors,
        "agent of the same brand": { role: "agent", brandAccess: [team.brandId] },
        "agent of another brand": { role: "agent", brandAccess: [second.brandId] },
      } as const;
      const actions = {
        setRole: (by: Operator, operatorId: string) =>
          world.backend.mutation(api.operators.setRole, { ...token(by), operatorId, role: "agent" }),
        setBrandAccess: (by: Operator, operatorId: string) =>
          world.backend.mutation(api.operators.setBrandAccess, {
            ...token(by),
            operatorId,
            brandAccess: [team.brandId],
          }),
        remove: (by: Operator, operatorId: string) =>
          world.backend.mutation(api.operators.remove, { ...token(by), operatorId }),
      };
      const outcomes = new Map<string, string | null>();
      for (const [actorName, actorFields] of Object.entries(actors)) {
        const actor = await makeOperator(world.backend, team, fieldsOf(actorFields));
        for (const [targetName, targetFields] of Object.entries(targets)) {
          for (const [actionName, act] of Object.entries(actions)) {
            const target = await makeOperator(world.backend, team, fieldsOf(targetFields));
            const outcome = await act(actor, target.operatorId).then(() => "done", readErrorCode);
            outcomes.set(`${actorName}: ${actionName} of ${targetName}`, outcome);
          }
        }
      }
      const by = (actor: string, names: string[]) =>
        names.flatMap((name) => Object.keys(actions).map((action) => `${actor}: ${action} of ${name}`));
      const linesOf = (wanted: string) =>
        [...outcomes].flatMap(([line, outcome]) => (outcome === wanted ? [line] : []));
      // An owner works for all brands: only with another role can they be limited.
      const contradiction = "owner: setBrandAccess of owner";
      expect(linesOf("CONFLICT")).toEqual([contradiction]);
      expect(linesOf("done")).toEqual([
        ...by("owner", Object.keys(targets)).filter((line) => line !== contradiction),
        ...by("admin", ["agent", "agent of the same brand", "agent of another brand"]),
        ...by("admin of one brand", ["agent of the same brand"]),
      ]);
      expect(linesOf("FORBIDDEN")).toHaveLength(outcomes.size - linesOf("done").length - 1);
    });

    it("is changed by nobody for themselves, so that an owner stays", async () => {
      for (const role of ["owner", "admin"] as const) {
        const self = await makeOperator(world.backend, team, { role });
        const me = { ...token(self), operatorId: self.operatorId };
        await expectRefusal(
          world.backend.mutation(api.operators.setRole, { ...me, role: "agent" }),
          "FORBIDDEN",
        );
        const brandAccess = [team.brandId];
        await expectRefusal(
          world.backend.mutation(api.operators.setBrandAccess, { ...me, brandAccess }),
          "FORBIDDEN",
        );
        await expectRefusal(world.backend.mutation(api.operators.remove, me), "FORBIDDEN");
        expect(await rowOf(self)).toMatchObject({ role, brandAccess: "all" });
      }
    });

    it("gets no more from anyone than they have", async () => {
      const limited = await makeOperator(world.backend, team, { role: "admin", brandAccess: [team.brandId] });
      const admin = await makeOperator(world.backend, team, { role: "admin" });
      const agent = await makeOperator(world.backend, team, { brandAccess: [team.brandId] });
      const { operatorId } = agent;
      const access = (by: Operator, brandAccess: "all" | string[]) =>
        world.backend.mutation(api.operators.setBrandAccess, { ...token(by), operatorId, brandAccess });
      await expectRefusal(access(limited, "all"), "FORBIDDEN");
      await expectRefusal(access(limited, [team.brandId, second.brandId]), "NOT_FOUND");
      await expectRefusal(access(admin, [world.rival.brandId]), "NOT_FOUND");
      await expectRefusal(access(admin, []), "VALIDATION");
      const role = (by: Operator, wanted: "owner" | "admin") =>
        world.backend.mutation(api.operators.setRole, { ...token(by), operatorId, role: wanted });
      await expectRefusal(role(admin, "owner"), "FORBIDDEN");
      expect(await rowOf(agent)).toMatchObject({ role: "agent", brandAccess: [team.brandId] });
      await role(admin, "admin");
      expect(await rowOf(agent)).toMatchObject({ role: "admin" });
      expect(await audit()).toMatchObject({ action: "operator.role_changed", details: "agent to admin" });
      await world.backend.mutation(api.operators.setRole, { ...owner, operatorId, role: "owner" });
      expect(await rowOf(agent)).toMatchObject({ role: "owner", brandAccess: "all" });
    });

    it("of another workspace does not exist", async () => {
      const stranger = await makeOperator(world.backend, world.rival);
      for (const operatorId of [stranger.operatorId, "nonsense", team.brandId]) {
        const target = { ...owner, operatorId };
        await expectRefusal(
          world.backend.mutation(api.operators.setRole, { ...target, role: "agent" }),
          "NOT_FOUND",
        );
        await expectRefusal(world.backend.mutation(api.operators.remove, target), "NOT_FOUND");
      }
      const agent = await makeOperator(world.backend, team);
      const removal = { ...owner, operatorId: agent.operatorId };
      for (const reassignTo of [stranger.operatorId, "nonsense", agent.operatorId]) {
        await expectRefusal(
          world.backend.mutation(api.operators.remove, { ...removal, reassignTo }),
          "VALIDATION",
        );
      }
      expect(await rowOf(agent)).toBeDefined();
    });

    describe("when somebody leaves", () => {
      const assigned = async (brand: Brand, operatorId: Id<"operators">, status: ConversationStatus) => {
        const { conversationId } = await startChat(world.backend, brand);
        await world.backend.patch("conversations", conversationId, {
          assignedOperatorId: operatorId,
          status,
        });
        return conversationId;
      };
      const assigneeOf = async (conversationId: Id<"conversations">) =>
        (await world.backend.query(api.conversations.getById, { ...owner, conversationId }))
          ?.assignedOperatorId;

      it("hands over every conversation to whom was chosen, or to nobody where that one may not see it", async () => {
        const leaving = await makeOperator(world.backend, team);
        const heir = await makeOperator(world.backend, team, { brandAccess: [team.brandId] });
        const theirs: Id<"conversations">[] = [];
        for (const status of ["open", "snoozed", "resolved", "closed"] as const) {
          theirs.push(await assigned(team, leaving.operatorId, status));
        }
        const hidden = await assigned(second, leaving.operatorId, "open");
        const others = await assigned(team, heir.operatorId, "open");
        const said = { ...token(leaving), conversationId: others, body: "From me" };
        await world.backend.mutation(api.messages.send, said);
        await world.backend.mutation(api.operators.remove, {
          ...owner,
          operatorId: leaving.operatorId,
          reassignTo: heir.operatorId,
        });
        await expectRefusal(list(leaving), "UNAUTHENTICATED");
        await eventually(async () => {
          expect(await Promise.all([...theirs, hidden].map(assigneeOf))).toEqual([
            ...theirs.map(() => heir.operatorId),
            undefined,
          ]);
        });
        expect(await assigneeOf(others)).toBe(heir.operatorId);
        const messages = await world.backend.query(api.messages.listByConversation, {
          ...owner,
          conversationId: others,
        });
        expect(messages.at(-1)).toMatchObject({ body: "From me", senderName: "Grace Hopper" });
      });

      it("leaves nothing of theirs but what they wrote", async () => {
        const leaving = await makeOperator(world.backend, team, { role: "admin" });
        const { operatorId } = leaving;
        const conversationId = await assigned(team, operatorId, "open");
        await world.backend.mutation(api.notifications.markRead, { ...token(leaving), conversationId });
        await world.backend.action(api.auth.createChildToken, token(leaving));
        const draft = { conversationId, brandId: team.brandId, workspaceId: team.workspaceId, operatorId };
        await world.backend.insert("messageDrafts", {
          ...draft,
          mode: "reply",
          reply: "Dear",
          note: "",
          updatedAt: 0,
        });
        await world.backend.mutation(api.operators.remove, { ...owner, operatorId });
        await eventually(async () => {
          for (const table of ["sessions", "readMarks", "messageDrafts", "notifications"] as const) {
            const rows = await world.backend.rows(table);
            expect(rows.filter((row) => row.operatorId === operatorId)).toEqual([]);
          }
          expect(await assigneeOf(conversationId)).toBeUndefined();
        });
      });

      it("ends the keys and tokens that they know, unless the keys are to stay", async () => {
        const keys = async () => await world.backend.query(api.apiKeys.list, owner);
        for (const keepApiKeys of [undefined, true]) {
          const leaving = await makeOperator(world.backend, team, { role: "admin" });
          const name = `Of ${leaving.operatorId}`;
          await world.backend.action(api.apiKeys.create, { ...token(leaving), name, scope: "read" });
          const agent = { name, access: "read", brands: "all", expiresAt: Date.now() + 60 * 60_000 } as const;
          const made = await world.backend.action(api.agentTokens.create, { ...token(leaving), ...agent });
          const { operatorId } = leaving;
          await world.backend.mutation(api.operators.remove, { ...owner, operatorId, keepApiKeys });
          expect((await keys()).some((key) => key.name === name)).toBe(keepApiKeys === true);
          await expectRefusal(
            world.backend.query(api.conversations.listInbox, { sessionToken: made.token }),
            "UNAUTHENTICATED",
          );
          const details = keepApiKeys
            ? "conversations to nobody"
            : "conversations to nobody, 1 API keys revoked";
          expect(await audit()).toMatchObject({ action: "operator.removed", details });
        }
      });
    });

    it("keeps no conversation with somebody who lost its brand", async () => {
      const agent = await makeOperator(world.backend, team);
      const chats = await Promise.all([team, second].map((brand) => startChat(world.backend, brand)));
      for (const { conversationId } of chats) {
        await world.backend.patch("conversations", conversationId, { assignedOperatorId: agent.operatorId });
      }
      await world.backend.mutation(api.operators.setBrandAccess, {
        ...owner,
        operatorId: agent.operatorId,
        brandAccess: [second.brandId],
      });
      await eventually(async () => {
        const rows = await world.backend.rows("conversations");
        const assignees = chats.map(
          (chat) => rows.find(({ _id }) => _id === chat.conversationId)?.assignedOperatorId,
        );
        expect(assignees).toEqual([undefined, agent.operatorId]);
      });
    });
  });
}

const token = ({ sessionToken }: Operator) => ({ sessionToken });

/** A copy that may be changed, as rows are typed. */
function fieldsOf({ role, brandAccess }: Fields) {
  return { role, brandAccess: brandAccess === "all" ? brandAccess : [...brandAccess] };
}
type Fields = { role: "owner" | "admin" | "agent"; brandAccess: "all" | readonly Id<"brands">[] };
