import type { FunctionArgs } from "convex/server";
import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeOperator, makeWorkspace } from "./backend";
import type { Workspace } from "./backend";

export function auditCases(world: World): void {
  describe("the audit log", () => {
    let team: Workspace;
    let owner: { sessionToken: string };
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Audited");
      owner = { sessionToken: team.sessionToken };
      await written(); // the key that came with the workspace
    });

    /** Its rows since the last look, oldest first. */
    let seen = 0;
    async function written() {
      const rows = (await world.backend.rows("auditLogs")).filter(
        ({ workspaceId }) => workspaceId === team.workspaceId,
      );
      const fresh = rows.slice(seen);
      seen = rows.length;
      return fresh.map(({ action, target, details, operatorName }) => [
        action,
        target,
        details,
        operatorName,
      ]);
    }
    const by = "Ada Lovelace";

    it("names who made and revoked a key, once", async () => {
      const args = { ...owner, name: "Nightly export", scope: "read" as const };
      const { keyId } = await world.backend.action(api.apiKeys.create, args);
      await world.backend.mutation(api.apiKeys.revoke, { ...owner, keyId });
      await world.backend.mutation(api.apiKeys.revoke, { ...owner, keyId });
      expect(await written()).toEqual([
        ["api_key.created", "Nightly export", "read", by],
        ["api_key.revoked", "Nightly export", undefined, by],
      ]);
    });

    it("names what of a brand was changed", async () => {
      const change = { ...owner, brandId: team.brandId, welcomeMessage: "Good day", theme: "dark" as const };
      await world.backend.mutation(api.brands.update, change);
      await world.backend.mutation(api.brands.update, { ...owner, brandId: team.brandId });
      expect(await written()).toEqual([["brand.updated", "Audited", "welcomeMessage, theme", by]]);
    });

    it("names an endpoint by its host, and only what changed it", async () => {
      const { subscriptionId } = await world.backend.action(api.webhooks.create, {
        ...owner,
        url: "https://hooks.example.com/?token=very-secret",
        events: ["lead.created"],
      });
      const endpoint = { ...owner, subscriptionId };
      await world.backend.mutation(api.webhooks.setEnabled, { ...endpoint, enabled: true });
      await world.backend.mutation(api.webhooks.setEnabled, { ...endpoint, enabled: false });
      await world.backend.mutation(api.webhooks.setEnabled, { ...endpoint, enabled: true });
      await world.backend.mutation(api.webhooks.update, { ...endpoint, url: "https://crm.example.com/in" });
      await world.backend.action(api.webhooks.rotateSecret, endpoint);
      await world.backend.mutation(api.webhooks.remove, endpoint);
      const [old, moved] = ["hooks.example.com", "crm.example.com"];
      expect(await written()).toEqual([
        ["webhook.created", old, undefined, by],
        ["webhook.disabled", old, undefined, by],
        ["webhook.enabled", old, undefined, by],
        ["webhook.updated", moved, undefined, by],
        ["webhook.secret_rotated", moved, undefined, by],
        ["webhook.removed", moved, undefined, by],
      ]);
    });

    it("has no row of what was refused", async () => {
      const agent = await makeOperator(world.backend, team, { role: "agent" });
      const attempt = { sessionToken: agent.sessionToken, name: "Mine", scope: "write" as const };
      await expectRefusal(world.backend.action(api.apiKeys.create, attempt), "FORBIDDEN");
      await expectRefusal(
        world.backend.mutation(api.brands.update, { ...owner, brandId: team.brandId, name: " " }),
        "VALIDATION",
      );
      expect(await written()).toEqual([]);
    });

    it("is read by pages, newest first, whole or of one kind or person", async () => {
      const page = async (
        filter?: FunctionArgs<typeof api.auditLogs.list>["filter"],
        cursor: string | null = null,
      ) =>
        await world.backend.query(api.auditLogs.list, {
          ...owner,
          filter,
          paginationOpts: { numItems: 4, cursor },
        });
      const first = await page();
      expect(first.page.map(({ action }) => action)).toEqual([
        "webhook.removed",
        "webhook.secret_rotated",
        "webhook.updated",
        "webhook.enabled",
      ]);
      const second = await page(undefined, first.continueCursor);
      expect(second.page[0]?.action).toBe("webhook.disabled");
      const keys = await page({ action: "api_key.revoked" });
      expect(keys.page.map(({ target, operatorName }) => [target, operatorName])).toEqual([
        ["Nightly export", by],
      ]);
      const admin = await makeOperator(world.backend, team, { role: "admin", name: "Grace Hopper" });
      await world.backend.mutation(api.workspaces.rename, {
        sessionToken: admin.sessionToken,
        name: "Renamed",
      });
      await world.backend.mutation(api.workspaces.rename, { ...owner, name: "Renamed" });
      expect((await page({ operatorId: admin.operatorId })).page).toMatchObject([
        {
          action: "workspace.renamed",
          target: "Renamed",
          details: "before: Audited",
          operatorName: "Grace Hopper",
        },
      ]);
      expect((await page({ operatorId: "nobody" })).page).toEqual([]);
      expect(await world.backend.query(api.workspaces.get, owner)).toMatchObject({ name: "Renamed" });
      await written();
    });

    it("and the workspace's name are for owners and admins of all brands, each of their own workspace", async () => {
      const paginationOpts = { numItems: 50, cursor: null };
      const agent = await makeOperator(world.backend, team);
      const limited = await makeOperator(world.backend, team, { role: "admin", brandAccess: [team.brandId] });
      for (const { sessionToken } of [agent, limited]) {
        await expectRefusal(
          world.backend.query(api.auditLogs.list, { sessionToken, paginationOpts }),
          "FORBIDDEN",
        );
        await expectRefusal(
          world.backend.mutation(api.workspaces.rename, { sessionToken, name: "Mine" }),
          "FORBIDDEN",
        );
      }
      await expectRefusal(
        world.backend.mutation(api.workspaces.rename, { ...owner, name: " " }),
        "VALIDATION",
      );
      const { sessionToken } = world.rival;
      const foreign = await world.backend.query(api.auditLogs.list, { sessionToken, paginationOpts });
      expect(foreign.page.map(({ target }) => target)).not.toContain("Nightly export");
      expect(await written()).toEqual([]);
    });
  });
}
