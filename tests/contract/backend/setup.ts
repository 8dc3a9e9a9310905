import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { readErrorCode } from "../../../lib/errors";
import { PASSWORD, expectRefusal, sha256 } from "./backend";
import type { Backend, MakeBackend } from "./backend";

const ADA = { ownerName: "Ada", ownerEmail: " Ada@Acme.test ", ownerPassword: PASSWORD };

export function setupCases(makeBackend: MakeBackend): void {
  describe("a new deployment", () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await makeBackend();
    });
    afterAll(() => backend?.stop());

    describe("set-up while it is empty", () => {
      it("refuses wrong input by field, and stays open", async () => {
        const create = (args: Partial<typeof ADA & { workspaceName: string }>) =>
          backend.action(api.workspaces.create, { workspaceName: "Acme", ...ADA, ...args });
        for (const [field, args] of [
          ["workspaceName", { workspaceName: " " }],
          ["ownerName", { ownerName: "a".repeat(121) }],
          ["ownerEmail", { ownerEmail: "ada@" }],
          ["ownerPassword", { ownerPassword: "seven77" }],
          ["ownerPassword", { ownerPassword: "x".repeat(257) }],
        ] as const) {
          await expect(create(args)).rejects.toMatchObject({ data: { code: "VALIDATION", field } });
        }
        expect(await backend.query(api.setup.status, {})).toEqual({ needsSetup: true });
      });

      it("lets one of two calls win", async () => {
        const outcomes = await Promise.allSettled(
          ["Café Ünïcode", "Rival"].map((workspaceName, index) =>
            backend.action(api.workspaces.create, {
              workspaceName,
              ...ADA,
              ownerEmail: index === 0 ? ADA.ownerEmail : "eve@rival.test",
            }),
          ),
        );
        const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
        const lost = outcomes.filter((outcome) => outcome.status === "rejected");
        expect(won).toHaveLength(1);
        expect(lost.map((outcome) => readErrorCode(outcome.reason))).toEqual(["SETUP_DONE"]);
        expect(await backend.query(api.setup.status, {})).toEqual({ needsSetup: false });

        const { sessionToken, workspaceId, operatorId, brandId, widgetId } = won[0]!.value;
        expect(sessionToken).toMatch(/^[0-9a-f]{64}$/);
        expect(widgetId).toMatch(/^ws_[0-9a-f]{16}$/);
        const me = await backend.query(api.auth.me, { sessionToken });
        expect(me).toMatchObject({
          operator: { _id: operatorId, role: "owner" },
          workspace: { _id: workspaceId, plan: "spark" },
          session: { scope: "session" },
        });
        expect(["cafe-unicode", "rival"]).toContain(me?.workspace.slug);
        const brands = await backend.query(api.brands.listMine, { sessionToken });
        expect(brands).toMatchObject([{ _id: brandId, slug: "main", widgetId, name: me?.workspace.name }]);
      });

      it("is closed from then on", async () => {
        await expectRefusal(
          backend.action(api.workspaces.create, {
            workspaceName: "Third",
            ...ADA,
            ownerEmail: "third@x.test",
          }),
          "SETUP_DONE",
        );
      });
    });

    describe("provisioning by the deployment's admin", () => {
      const provision = (email: string) =>
        backend.runInternalAction(internal.setup.provision, {
          workspace: "Provided",
          name: "Ada",
          email,
          password: PASSWORD,
        });

      it("makes workspaces at any time, with a write key stored by its hash alone", async () => {
        const first = await provision("ada@provided.test");
        const second = await provision("bob@provided.test");
        expect(first.apiKey).toMatch(/^ptk_live_[0-9a-f]{40}$/);
        expect(second.workspaceId).not.toBe(first.workspaceId);
        const slugs = (await backend.rows("workspaces")).map((row) => row.slug);
        expect(slugs.at(-2)).toBe("provided");
        expect(slugs.at(-1)).toMatch(/^provided-[0-9a-f]{16}$/);
        const key = (await backend.rows("apiKeys")).find((row) => row.workspaceId === first.workspaceId);
        expect(key).toMatchObject({
          scope: "write",
          prefix: first.apiKey.slice(0, 16),
          keyHash: await sha256(first.apiKey),
        });
        expect(JSON.stringify(key)).not.toContain(first.apiKey);
      });

      it("keeps an email to one operator", async () => {
        await expectRefusal(provision("ADA@provided.test"), "EMAIL_TAKEN");
      });

      it("stores neither passwords nor tokens", async () => {
        const { sessionToken } = await provision("carol@provided.test");
        const stored = JSON.stringify([await backend.rows("operators"), await backend.rows("sessions")]);
        expect(stored).toContain("$scrypt$ln=17,r=8,p=1$");
        expect(stored).not.toContain(PASSWORD);
        expect(stored).not.toContain(sessionToken);
      });
    });
  });
}
