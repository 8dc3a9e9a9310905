import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { INVITE_DAYS, OPERATORS_MAX } from "../../../lib/limits";
import { readErrorCode } from "../../../lib/errors";
import type { World } from "../backend.cases";
import { PASSWORD, expectRefusal, makeBrand, makeOperator, makeWorkspace, randomHex } from "./backend";
import type { Brand, Operator, Workspace } from "./backend";

const DAY = 24 * 60 * 60 * 1000;

export function inviteCases(world: World): void {
  describe("invites", () => {
    let team: Workspace;
    let second: Brand;
    let owner: { sessionToken: string };
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Inviting");
      second = await makeBrand(world.backend, team);
      owner = { sessionToken: team.sessionToken };
    });

    const newEmail = () => `${randomHex(6)}@acme.test`;
    const send = async (fields = {}, by: { sessionToken: string } = owner) =>
      await world.backend.action(api.invites.send, {
        sessionToken: by.sessionToken,
        email: newEmail(),
        role: "agent",
        ...fields,
      });
    const lookup = (token: string) => world.backend.query(api.invites.lookup, { token });
    const accept = (token: string, name = "Grace Hopper") =>
      world.backend.action(api.invites.accept, { token, name, password: PASSWORD });
    const list = () => world.backend.query(api.invites.list, owner);
    const revoke = (inviteId: string, by: { sessionToken: string } = owner) =>
      world.backend.mutation(api.invites.revoke, { sessionToken: by.sessionToken, inviteId });

    it("make an account of their email, role and brands, once, logged in", async () => {
      const email = newEmail();
      const fields = {
        email: ` ${email.toUpperCase()}`,
        name: "Grace",
        role: "admin",
        brandAccess: [second.brandId],
      };
      const { inviteId, inviteToken, inviteLink } = await send(fields);
      expect(inviteToken).toMatch(/^inv_[0-9a-f]{48}$/);
      expect(inviteLink).toBe(`http://app.test/invite/${inviteToken}`);
      expect(JSON.stringify(await world.backend.rows("invites"))).not.toContain(inviteToken.slice(4));
      expect(await lookup(inviteToken)).toEqual({
        workspaceName: "Inviting",
        workspaceSlug: expect.stringMatching(/^inviting/) as string,
        email,
        name: "Grace",
        role: "admin",
        invitedByName: "Ada Lovelace",
        expiresAt: expect.any(Number) as number,
      });
      expect((await list())[0]).toMatchObject({
        _id: inviteId,
        email,
        role: "admin",
        invitedByName: "Ada Lovelace",
      });

      const joined = await accept(inviteToken);
      const me = await world.backend.query(api.auth.me, { sessionToken: joined.sessionToken });
      expect(me?.operator).toMatchObject({
        email,
        name: "Grace Hopper",
        role: "admin",
        brandAccess: [second.brandId],
      });
      expect(me?.workspace._id).toBe(team.workspaceId);
      await world.backend.action(api.auth.login, { email, password: PASSWORD });
      await expectRefusal(accept(inviteToken), "NOT_FOUND");
      expect(await lookup(inviteToken)).toBeNull();
      expect((await list()).map(({ _id }) => _id)).not.toContain(inviteId);
      const audits = (await world.backend.rows("auditLogs")).filter(({ target }) => target === email);
      expect(audits.map(({ action, operatorName }) => [action, operatorName])).toEqual([
        ["invite.sent", "Ada Lovelace"],
        ["invite.accepted", "Grace Hopper"],
      ]);
    });

    it("are used up by one of two who accept at once", async () => {
      const { inviteToken } = await send();
      const outcomes = await Promise.all(
        ["One", "Two"].map((name) => accept(inviteToken, name).then(() => "in", readErrorCode)),
      );
      expect(outcomes.sort()).toEqual(["NOT_FOUND", "in"]);
    });

    it("are one for each email: the newest alone is good", async () => {
      const email = newEmail();
      const first = await send({ email });
      const again = await send({ email, role: "admin" });
      expect(await lookup(first.inviteToken)).toBeNull();
      expect(await lookup(again.inviteToken)).toMatchObject({ role: "admin" });
      expect((await list()).filter((row) => row.email === email)).toHaveLength(1);
    });

    it("are no longer good when revoked or expired", async () => {
      const revoked = await send();
      await revoke(revoked.inviteId);
      const expired = await send();
      const row = (await world.backend.rows("invites")).find(({ _id }) => _id === expired.inviteId);
      expect(row?.expiresAt).toBe((row?.createdAt ?? 0) + INVITE_DAYS * DAY);
      await world.backend.patch("invites", expired.inviteId, { expiresAt: Date.now() - 1 });
      for (const { inviteToken } of [revoked, expired]) {
        expect(await lookup(inviteToken)).toBeNull();
        await expectRefusal(accept(inviteToken), "NOT_FOUND");
      }
      for (const nonsense of ["", "inv_", `inv_${randomHex(24)}`]) {
        expect(await lookup(nonsense)).toBeNull();
        await expectRefusal(accept(nonsense), "NOT_FOUND");
      }
      expect((await list()).map(({ _id }) => _id)).toContain(expired.inviteId);
      await expectRefusal(revoke(revoked.inviteId), "NOT_FOUND");
    });

    it("ask for a name and a password that can be used", async () => {
      const { inviteToken } = await send();
      const attempt = (fields: object) =>
        world.backend.action(api.invites.accept, {
          token: inviteToken,
          name: "Grace",
          password: PASSWORD,
          ...fields,
        });
      await expectRefusal(attempt({ password: "short" }), "VALIDATION");
      await expectRefusal(attempt({ name: " " }), "VALIDATION");
      await expectRefusal(send({ email: "nobody" }), "VALIDATION");
      await attempt({});
    });

    it("are sent, seen and revoked by owners and admins, within what they have", async () => {
      const admin = await makeOperator(world.backend, team, { role: "admin" });
      const limited = await makeOperator(world.backend, team, { role: "admin", brandAccess: [team.brandId] });
      const agent = await makeOperator(world.backend, team);
      await send({ role: "admin" }, admin);
      await send({ brandAccess: [team.brandId] }, limited);
      await expectRefusal(send({}, limited), "FORBIDDEN");
      await expectRefusal(send({ brandAccess: [second.brandId] }, limited), "NOT_FOUND");
      await expectRefusal(send({ brandAccess: [world.rival.brandId] }), "NOT_FOUND");
      await expectRefusal(send({ brandAccess: [] }), "VALIDATION");
      await expectRefusal(send({}, agent), "FORBIDDEN");
      await expectRefusal(world.backend.query(api.invites.list, token(agent)), "FORBIDDEN");

      const email = newEmail();
      const wide = await send({ email });
      await expectRefusal(revoke(wide.inviteId, agent), "FORBIDDEN");
      await expectRefusal(revoke(wide.inviteId, limited), "FORBIDDEN");
      await expectRefusal(send({ email, brandAccess: [team.brandId] }, limited), "FORBIDDEN");
      await expectRefusal(revoke(wide.inviteId, { sessionToken: world.rival.sessionToken }), "NOT_FOUND");
      expect(await lookup(wide.inviteToken)).not.toBeNull();
      await revoke(wide.inviteId, admin);
    });

    it("do not tell who has an account elsewhere, but give no second one", async () => {
      await expectRefusal(send({ email: team.email }), "EMAIL_TAKEN");
      const { inviteToken } = await send({ email: world.rival.email });
      await expectRefusal(accept(inviteToken), "EMAIL_TAKEN");
      const me = await world.backend.action(api.auth.login, { email: world.rival.email, password: PASSWORD });
      expect(me.workspaceId).toBe(world.rival.workspaceId);
    });

    it("are no more than a workspace may have people", async () => {
      const full = await makeWorkspace(world.backend, "Full");
      const crowd = {
        workspaceId: full.workspaceId,
        name: "Grace",
        role: "agent",
        brandAccess: "all",
      } as const;
      const made = { passwordHash: "none", createdAt: Date.now() };
      for (let i = 0; i < OPERATORS_MAX - 2; i++) {
        await world.backend.insert("operators", { ...crowd, ...made, email: newEmail() });
      }
      const last = await send({}, full);
      await expectRefusal(send({}, full), "CONFLICT");
      await world.backend.insert("operators", { ...crowd, ...made, email: newEmail() });
      await expectRefusal(accept(last.inviteToken), "CONFLICT");
    });
  });
}

const token = ({ sessionToken }: Operator) => ({ sessionToken });
