import { anyApi } from "convex/server";
import { ConvexError } from "convex/values";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tenant, World } from "./world";

const { apiKeys } = anyApi as unknown as Record<"apiKeys", Record<"list" | "create" | "revoke", never>>;

type KeyRow = { _id: string; name: string; prefix: string; lastUsedAt?: number };

export function keyCases(world: () => World): void {
  describe("keys", () => {
    let tenant: Tenant;
    let sessionToken: string;

    beforeAll(async () => {
      tenant = await world().makeTenant("Keys");
      ({ sessionToken } = tenant);
    });

    const create = async (args: Record<string, unknown>) =>
      (await world().client.action(apiKeys.create, { sessionToken, ...args } as never)) as {
        keyId: string;
        secret: string;
      };
    const revoke = (keyId: string) =>
      world().client.mutation(apiKeys.revoke, { sessionToken, keyId } as never);
    const list = async () =>
      (await world().client.query(apiKeys.list, { sessionToken } as never)) as KeyRow[];
    const code = async (call: Promise<unknown>) =>
      await call.then(
        () => null,
        (error: unknown) =>
          error instanceof ConvexError ? (error.data as { code: string }).code : String(error),
      );

    it("are shown once, listed without the secret, stored as hashes, and end at once", async () => {
      const { keyId, secret } = await create({ name: "CRM", scope: "write", brandId: tenant.brandId });
      expect(secret).toMatch(/^ptk_live_[0-9a-f]{40}$/);
      expect((await world().call({ path: "/brands", key: secret })).status).toBe(200);
      const listed = (await list()).find(({ _id }) => _id === keyId);
      expect(listed).toMatchObject({
        name: "CRM",
        prefix: secret.slice(0, 16),
        scope: "write",
        brandId: tenant.brandId,
        createdBy: { _id: tenant.operatorId },
      });
      expect(Date.now() - (listed?.lastUsedAt ?? 0)).toBeLessThan(2 * 60 * 60 * 1000);
      const rows = JSON.stringify(await world().admin<unknown>("scenes:rows", { table: "apiKeys" }));
      expect(rows).not.toContain(secret.slice(16));
      await revoke(keyId);
      expect(await world().call({ path: "/brands", key: secret })).toMatchObject({
        body: { code: "KEY_REVOKED" },
      });
      expect((await list()).some(({ _id }) => _id === keyId)).toBe(false);
      await revoke(keyId);
    });

    it("note their use once an hour, not once a request", async () => {
      const { keyId, secret } = await create({ name: "Used", scope: "read" });
      expect((await list()).find(({ _id }) => _id === keyId)).not.toHaveProperty("lastUsedAt");
      await Promise.all(Array.from({ length: 10 }, () => world().call({ path: "/brands", key: secret })));
      const uses = await world().admin<{ keyId: string; lastUsedAt: number }[]>("scenes:rows", {
        table: "apiKeyUses",
      });
      const own = uses.filter((use) => use.keyId === keyId);
      expect(own).toHaveLength(1);
      expect(own[0]!.lastUsedAt % (60 * 60 * 1000)).toBe(0);
    });

    it("are refused with a wrong name, brand, or time of end", async () => {
      const rival = await world().makeTenant("Rival keys");
      expect(await code(create({ name: " ", scope: "read" }))).toBe("VALIDATION");
      expect(await code(create({ name: "A", scope: "read", expiresAt: Date.now() - 1 }))).toBe("VALIDATION");
      expect(await code(create({ name: "A", scope: "read", expiresAt: NaN }))).toBe("VALIDATION");
      expect(await code(create({ name: "A", scope: "read", brandId: rival.brandId }))).toBe("NOT_FOUND");
      const [theirs] = (await world().client.query(apiKeys.list, {
        sessionToken: rival.sessionToken,
      } as never)) as KeyRow[];
      expect(await code(revoke(theirs!._id))).toBe("NOT_FOUND");
      expect(await code(revoke("x"))).toBe("NOT_FOUND");
    });

    it("end at the time that they were given", async () => {
      const { keyId, secret } = await create({
        name: "Short",
        scope: "read",
        expiresAt: Date.now() + 60_000,
      });
      expect((await world().call({ path: "/brands", key: secret })).status).toBe(200);
      await world().admin("scenes:patch", { id: keyId, fields: { expiresAt: Date.now() - 1 } });
      expect(await world().call({ path: "/brands", key: secret })).toMatchObject({
        body: { code: "KEY_EXPIRED" },
      });
    });

    it("are made and revoked by owners and admins alone, and at most twenty", async () => {
      const [first] = await list();
      await world().admin("scenes:patch", { id: tenant.operatorId, fields: { role: "agent" } });
      expect(await code(create({ name: "A", scope: "read" }))).toBe("FORBIDDEN");
      expect(await code(revoke(first!._id))).toBe("FORBIDDEN");
      expect(await list()).not.toHaveLength(0);
      await world().admin("scenes:patch", { id: tenant.operatorId, fields: { role: "admin" } });
      const made: (string | null)[] = [];
      while (made.at(-1) == null && made.length < 30)
        made.push(await code(create({ name: "A", scope: "read" })));
      expect(made.at(-1)).toBe("CONFLICT");
      expect(await list()).toHaveLength(20);
    });
  });
}
