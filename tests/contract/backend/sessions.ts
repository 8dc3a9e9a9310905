import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { PASSWORD, expectRefusal, makeOperator, makeWorkspace, randomHex, startChat } from "./backend";
import type { Backend, MakeBackend } from "./backend";

/** Also the room for real time, which passes too: a deployment's restart on a busy machine takes seconds. */
const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** On a deployment of its own: time passes here. */
export function expiryCases(makeBackend: MakeBackend): void {
  describe("expiry of sessions", () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await makeBackend();
    });
    afterAll(() => backend?.stop());

    it("deletes them when their time has come, so that live queries run again", async () => {
      const { advance } = backend;
      const { email } = await makeWorkspace(backend);
      const session = await backend.action(api.auth.login, { email, password: PASSWORD });
      const childOf = () => backend.action(api.auth.createChildToken, { sessionToken: session.sessionToken });
      const inbox = (sessionToken: string) => backend.query(api.conversations.listInbox, { sessionToken });

      const before = (await backend.rows("sessions")).length;
      const child = await childOf();
      await advance(HOUR - MINUTE);
      await inbox(child.sessionToken);
      await advance(2 * MINUTE);
      await expectRefusal(inbox(child.sessionToken), "UNAUTHENTICATED");
      expect(await backend.rows("sessions")).toHaveLength(before);

      // A session that pages use goes on; unused for two weeks, it would end.
      for (const days of [13, 13]) {
        await advance(days * DAY);
        await childOf();
      }
      await advance(4 * DAY - HOUR - 2 * MINUTE);
      const late = await childOf();
      expect(late.expiresAt).toBe(session.expiresAt);
      await advance(2 * MINUTE);
      await expectRefusal(inbox(session.sessionToken), "UNAUTHENTICATED");
      await expectRefusal(inbox(late.sessionToken), "UNAUTHENTICATED");
      expect(await backend.rows("sessions")).toEqual([]);
    });
  });
}

export function sessionCases(world: World): void {
  const login = (email: string, password: string) =>
    world.backend.action(api.auth.login, { email, password, userAgent: "test" });
  const childOf = (sessionToken: string) => world.backend.action(api.auth.createChildToken, { sessionToken });
  const inbox = (sessionToken: string) => world.backend.query(api.conversations.listInbox, { sessionToken });
  const me = (sessionToken: string) => world.backend.query(api.auth.me, { sessionToken });

  describe("sessions", () => {
    it("begin with email and password, whatever the case of the email", async () => {
      const { operatorId, workspaceId, email } = world.acme;
      const session = await login(` ${email.toUpperCase()} `, PASSWORD);
      expect(session).toMatchObject({ operatorId, workspaceId });
      expect(session.expiresAt).toBeGreaterThan(Date.now() + 29 * DAY);
      expect(await me(session.sessionToken)).toMatchObject({ operator: { email } });
    });

    it("answer a wrong password, an unknown email and nonsense in the same way", async () => {
      const answers = await Promise.all(
        [
          [world.acme.email, "wrong password"],
          ["nobody@acme.test", PASSWORD],
          ["not an email", PASSWORD],
          [world.acme.email, ""],
          [world.acme.email, "x".repeat(10_000)],
        ].map(([email, password]) =>
          login(email!, password!).then(
            () => "in",
            (error: { data: unknown }) => error.data,
          ),
        ),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ code: "INVALID_CREDENTIALS" });
    });

    it("are asked for by every function of operators", async () => {
      const { conversationId } = await startChat(world.backend, world.acme);
      const paginationOpts = { numItems: 5, cursor: null };
      for (const sessionToken of ["", "x", randomHex(32)]) {
        const auth = { sessionToken };
        const { query, mutation, action } = world.backend;
        for (const call of [
          () => query(api.brands.listMine, auth),
          () => query(api.brands.getById, { ...auth, brandId: world.acme.brandId }),
          () => query(api.conversations.listInbox, auth),
          () => query(api.conversations.listWaiting, { ...auth, status: "open", paginationOpts }),
          () => query(api.conversations.listAnswered, { ...auth, status: "open", paginationOpts }),
          () => query(api.conversations.getById, { ...auth, conversationId }),
          () => mutation(api.conversations.setStatus, { ...auth, conversationId, status: "closed" }),
          () => query(api.messages.listByConversation, { ...auth, conversationId }),
          () => query(api.messages.listPage, { ...auth, conversationId, paginationOpts }),
          () => mutation(api.messages.send, { ...auth, conversationId, body: "hi" }),
          () => mutation(api.notifications.markRead, { ...auth, conversationId }),
          () => query(api.notifications.listUnread, { ...auth, conversationIds: [conversationId] }),
          () => action(api.auth.createChildToken, auth),
        ]) {
          await expectRefusal(call(), "UNAUTHENTICATED");
        }
        expect(await me(sessionToken)).toBeNull();
      }
      expect(await world.backend.query(api.auth.me, {})).toBeNull();
    });

    it("give children that do what the session does, but make no children", async () => {
      const { sessionToken, operatorId } = await makeOperator(world.backend, world.acme);
      const child = await childOf(sessionToken);
      expect(child.operatorId).toBe(operatorId);
      expect(child.sessionToken).not.toBe(sessionToken);
      expect(child.expiresAt).toBeLessThanOrEqual(Date.now() + HOUR);
      await expect(inbox(child.sessionToken)).resolves.toBeInstanceOf(Array);
      expect(await me(child.sessionToken)).toMatchObject({ session: { scope: "child" } });
      await expectRefusal(childOf(child.sessionToken), "FORBIDDEN");
    });

    it("end with their children, and no other session does", async () => {
      const operator = await makeOperator(world.backend, world.acme);
      const other = await makeOperator(world.backend, world.acme);
      const children = await Promise.all([1, 2, 3].map(() => childOf(operator.sessionToken)));
      const logout = () => world.backend.mutation(api.auth.logout, { sessionToken: operator.sessionToken });
      expect(await logout()).toBeNull();
      for (const { sessionToken } of [operator, ...children]) {
        await expectRefusal(inbox(sessionToken), "UNAUTHENTICATED");
        expect(await me(sessionToken)).toBeNull();
      }
      await inbox(other.sessionToken);
      expect(await logout()).toBeNull();
    });

    it("outlive the end of a child", async () => {
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      const child = await childOf(sessionToken);
      await world.backend.mutation(api.auth.logout, { sessionToken: child.sessionToken });
      await expectRefusal(inbox(child.sessionToken), "UNAUTHENTICATED");
      await inbox(sessionToken);
    });

    it("say that they have expired when their row is still there", async () => {
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      const child = await childOf(sessionToken);
      const sessions = await world.backend.rows("sessions");
      const [last] = sessions.slice(-1);
      await world.backend.patch("sessions", last!._id, { expiresAt: Date.now() - 1 });
      await expectRefusal(inbox(child.sessionToken), "SESSION_EXPIRED");
      expect(await me(child.sessionToken)).toBeNull();
      await inbox(sessionToken);
    });
  });
}

/** For a deployment with a websocket. */
export function liveSessionCases(world: World): void {
  const childOf = (sessionToken: string) => world.backend.action(api.auth.createChildToken, { sessionToken });

  describe("sessions", () => {
    it("take their live queries with them: at logout, and when their time is over", async (test) => {
      const { watch } = world.backend;
      if (watch === undefined) throw new Error("This backend was said to be live.");
      /** What a live inbox under a child of this session gets, until the test ends. */
      const live = async (sessionToken: string) => {
        const child = await childOf(sessionToken);
        const seen: string[] = [];
        const args = { sessionToken: child.sessionToken };
        const stop = watch(
          api.conversations.listInbox,
          args,
          () => seen.push("rows"),
          (code) => seen.push(String(code)),
        );
        test.onTestFinished(stop);
        await expect.poll(() => seen).toEqual(["rows"]);
        return seen;
      };
      const leaving = await makeOperator(world.backend, world.acme);
      const ending = await makeOperator(world.backend, world.acme, {}, Date.now() + 6000);
      const [left, ended] = await Promise.all([live(leaving.sessionToken), live(ending.sessionToken)]);

      await world.backend.mutation(api.auth.logout, { sessionToken: leaving.sessionToken });
      await expect.poll(() => left).toEqual(["rows", "UNAUTHENTICATED"]);
      await expect
        .poll(() => ended, { timeout: 20_000 })
        .toEqual(["rows", expect.stringMatching(/UNAUTHENTICATED|SESSION_EXPIRED/)]);
      await startChat(world.backend, world.acme);
      expect([left.length, ended.length]).toEqual([2, 2]);
    });
  });
}
