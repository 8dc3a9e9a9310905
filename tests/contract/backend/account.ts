import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { PASSWORD_CHECKS, SESSIONS_MAX } from "../../../lib/limits";
import { readErrorCode } from "../../../lib/errors";
import type { World } from "../backend.cases";
import { PASSWORD, expectRefusal, makeOperator, makeWorkspace, randomHex, sha256 } from "./backend";
import type { Workspace } from "./backend";

export function accountCases(world: World): void {
  describe("one's own account", () => {
    let team: Workspace;
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Accounts");
    });

    const login = async (userAgent: string) =>
      await world.backend.action(api.auth.login, { email: team.email, password: PASSWORD, userAgent });
    const list = (sessionToken: string) => world.backend.query(api.sessions.list, { sessionToken });
    const me = (sessionToken: string) => world.backend.query(api.auth.me, { sessionToken });
    const pageOf = async (sessionToken: string) =>
      (await world.backend.action(api.auth.createChildToken, { sessionToken })).sessionToken;

    it("lists where it is signed in, and says which of them asks, from its pages too", async () => {
      const laptop = await login("Laptop");
      const phone = await login("Phone");
      const page = await pageOf(phone.sessionToken);
      for (const [token, current] of [
        [laptop.sessionToken, "Laptop"],
        [phone.sessionToken, "Phone"],
        [page, "Phone"],
      ] as const) {
        const rows = await list(token);
        expect(rows.slice(0, 2).map(({ userAgent }) => userAgent)).toEqual(["Phone", "Laptop"]);
        expect(rows.filter(({ isCurrent }) => isCurrent).map(({ userAgent }) => userAgent)).toEqual([
          current,
        ]);
      }
      expect(JSON.stringify(await list(page))).not.toContain("tokenHash");
      const operator = await makeOperator(world.backend, team);
      expect(await list(operator.sessionToken)).toHaveLength(1);
    });

    it("ends one login, or all others, with their pages, and nobody else's", async () => {
      const here = await login("Here");
      const there = await login("There");
      const page = await pageOf(there.sessionToken);
      const [row] = await list(there.sessionToken);
      const colleague = await makeOperator(world.backend, team, { role: "owner" });
      for (const sessionId of [row!._id, "nonsense", team.brandId]) {
        const attempt = { sessionToken: colleague.sessionToken, sessionId };
        await expectRefusal(world.backend.mutation(api.sessions.revoke, attempt), "NOT_FOUND");
      }
      await world.backend.mutation(api.sessions.revoke, {
        sessionToken: here.sessionToken,
        sessionId: row!._id,
      });
      expect(await me(there.sessionToken)).toBeNull();
      await expectRefusal(list(page), "UNAUTHENTICATED");

      const third = await login("Third");
      const ownPage = await pageOf(here.sessionToken);
      await world.backend.mutation(api.sessions.revokeOthers, { sessionToken: ownPage });
      expect(await me(third.sessionToken)).toBeNull();
      expect((await list(ownPage)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
      expect(await me(colleague.sessionToken)).not.toBeNull();
    });

    it("ends its oldest login for one too many", async () => {
      const crowded = await makeOperator(world.backend, team);
      const { operatorId } = crowded;
      const [first] = await list(crowded.sessionToken);
      for (let i = 1; i < SESSIONS_MAX; i++) {
        await world.backend.insert("sessions", {
          scope: "session",
          operatorId,
          workspaceId: team.workspaceId,
          tokenHash: `${operatorId} ${i}`,
          expiresAt: Date.now() + 1_000_000,
          createdAt: Date.now(),
        });
      }
      const { passwordHash } = (await world.backend.rows("operators")).find(
        ({ email }) => email === team.email,
      )!;
      await world.backend.patch("operators", operatorId, { passwordHash });
      const email = (await me(crowded.sessionToken))!.operator.email;
      const newest = await world.backend.action(api.auth.login, { email, password: PASSWORD });
      const rows = await list(newest.sessionToken);
      expect(rows).toHaveLength(SESSIONS_MAX);
      expect(rows.map(({ _id }) => _id)).not.toContain(first!._id);
    });

    it("changes its name", async () => {
      const { sessionToken } = await makeOperator(world.backend, team);
      await world.backend.mutation(api.account.updateName, { sessionToken, name: "  Grace Murray  " });
      expect(await me(sessionToken)).toMatchObject({ operator: { name: "Grace Murray" } });
      await expectRefusal(
        world.backend.mutation(api.account.updateName, { sessionToken, name: " " }),
        "VALIDATION",
      );
    });

    it("changes its password by the current one, which ends every other login", async () => {
      // Each password that is checked costs a third of a second of a free processor: the fewer, the better.
      const here = await makeOperator(world.backend, team);
      const { operatorId } = here;
      const { passwordHash } = (await world.backend.rows("operators")).find(
        ({ email }) => email === team.email,
      )!;
      await world.backend.patch("operators", operatorId, { passwordHash });
      const there = randomHex(32);
      await world.backend.insert("sessions", {
        scope: "session",
        operatorId,
        workspaceId: team.workspaceId,
        tokenHash: await sha256(there),
        expiresAt: Date.now() + 1_000_000,
        createdAt: Date.now(),
      });
      const page = await pageOf(here.sessionToken);
      const { email } = (await me(page))!.operator;
      const change = (currentPassword: string, newPassword: string) =>
        world.backend.action(api.account.updatePassword, {
          sessionToken: page,
          currentPassword,
          newPassword,
        });
      await expectRefusal(change("wrong password", "a new password"), "VALIDATION");
      await expectRefusal(change("x".repeat(10_000), "a new password"), "VALIDATION");
      await expectRefusal(change(PASSWORD, "short"), "VALIDATION");
      expect(await me(there)).not.toBeNull();
      await change(PASSWORD, "a new password");
      expect(await me(there)).toBeNull();
      expect(await me(here.sessionToken)).not.toBeNull();
      expect(await list(page)).toHaveLength(1);
      const enter = (password: string) => world.backend.action(api.auth.login, { email, password });
      await expectRefusal(enter(PASSWORD), "INVALID_CREDENTIALS");
      await enter("a new password");
      const written = (await world.backend.rows("auditLogs")).filter(({ target }) => target === email);
      expect(written.map(({ action }) => action)).toEqual(["operator.password_changed"]);
    });

    it("is no place to guess the password", async () => {
      const { sessionToken } = await makeOperator(world.backend, team);
      const outcomes: (string | null)[] = [];
      for (let i = 0; i <= PASSWORD_CHECKS; i++) {
        const guess = { sessionToken, currentPassword: "x".repeat(300), newPassword: "a new password" };
        outcomes.push(
          await world.backend.action(api.account.updatePassword, guess).then(String, readErrorCode),
        );
      }
      expect(outcomes).toEqual([...Array<string>(PASSWORD_CHECKS).fill("VALIDATION"), "RATE_LIMITED"]);
    });
  });
}
