import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, startChat } from "./backend";

export function leadCases(world: World): void {
  describe("leads", () => {
    it("take brand and visitor from their conversation, and tell each change of status once", async () => {
      const { backend, acme } = world;
      const { sessionToken } = acme;
      const brand = await makeBrand(backend, acme);
      const { conversationId } = await startChat(backend, brand);
      const lead = { sessionToken, name: " Maya ", email: "Maya@Example.com", conversationId };
      const { leadId } = await backend.mutation(api.leads.create, lead);
      await backend.mutation(api.leads.update, { sessionToken, leadId, status: "won", email: null });
      await backend.mutation(api.leads.updateStatus, { sessionToken, leadId, status: "won" });
      const found = await backend.query(api.leads.findByConversation, { sessionToken, conversationId });
      expect(found).toMatchObject({ _id: leadId, name: "Maya", status: "won", brandId: brand.brandId });
      expect(found).not.toHaveProperty("email");
      const events = (await backend.rows("events")).filter(({ payload }) => payload.includes(leadId));
      expect(events.map(({ type }) => type)).toEqual(["lead.created", "lead.status_changed"]);
      expect(
        await backend.query(api.leads.list, { sessionToken, brandId: brand.brandId, status: "won" }),
      ).toMatchObject([{ _id: leadId }]);
      await backend.mutation(api.leads.remove, { sessionToken, leadId });
      expect(await backend.query(api.leads.getById, { sessionToken, leadId })).toBeNull();
    });

    it("are seen and changed by operators of their brand alone, and deleted by owners and admins", async () => {
      const { backend, acme, rival } = world;
      const brand = await makeBrand(backend, acme);
      const { brandId } = brand;
      const { sessionToken } = acme;
      const { leadId } = await backend.mutation(api.leads.create, { sessionToken, name: "Maya", brandId });
      const elsewhere = await makeOperator(backend, acme, {
        brandAccess: [(await makeBrand(backend, acme)).brandId],
      });
      const agent = await makeOperator(backend, acme, { brandAccess: [brandId] });
      for (const token of [elsewhere.sessionToken, rival.sessionToken]) {
        expect(await backend.query(api.leads.getById, { sessionToken: token, leadId })).toBeNull();
        const list = await backend.query(api.leads.list, { sessionToken: token });
        expect(list.some(({ _id }) => _id === leadId)).toBe(false);
        const change = { sessionToken: token, leadId, status: "lost" as const };
        await expectRefusal(backend.mutation(api.leads.updateStatus, change), "NOT_FOUND");
        await expectRefusal(
          backend.mutation(api.leads.create, { sessionToken: token, name: "A", brandId }),
          "NOT_FOUND",
        );
      }
      const own = await backend.query(api.leads.list, { sessionToken: agent.sessionToken });
      expect(own.map(({ _id }) => _id)).toEqual([leadId]);
      await expectRefusal(
        backend.mutation(api.leads.remove, { sessionToken: agent.sessionToken, leadId }),
        "FORBIDDEN",
      );
    });
  });
}
