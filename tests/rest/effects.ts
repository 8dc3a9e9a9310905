import { ConvexClient } from "convex/browser";
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Tenant, World } from "./world";
import { WAIT } from "../helpers/wait";

type Row = Record<string, unknown>;

const { conversations, messages, visitors } = anyApi as unknown as Record<
  "conversations" | "messages" | "visitors",
  Record<string, never>
>;

/** What requests do, beside what they answer. */
export function effectCases(world: () => World): void {
  describe("effects", () => {
    let tenant: Tenant;
    let socket: ConvexClient;

    beforeAll(async () => {
      tenant = await world().makeTenant("Effects");
      socket = new ConvexClient(world().backend.url, { logger: false });
    });
    afterAll(() => socket?.close());

    const eventsOf = async (conversationId: string) => {
      const { body } = await world().call({ path: "/events", query: { limit: 200 }, key: tenant.readKey });
      return (body["events"] as { type: string; data: Row }[]).filter(
        ({ data }) => data["conversationId"] === conversationId,
      );
    };

    it("a reply reaches inbox and widget live, as one from the dashboard does, with the same event", async () => {
      const { conversationId, visitorKey } = await world().startChat(tenant.widgetId);
      let inbox: Row[] = [];
      let widget: Row[] = [];
      const { sessionToken, widgetId } = tenant;
      socket.onUpdate(
        conversations["listInbox"] as never,
        { sessionToken } as never,
        (rows) => (inbox = rows as Row[]),
      );
      const visitor = { widgetId, visitorKey, conversationId };
      socket.onUpdate(
        visitors["listMessagesForVisitor"] as never,
        visitor as never,
        (rows) => (widget = rows as Row[]),
      );
      await vi.waitFor(() => expect(inbox.some(({ _id }) => _id === conversationId)).toBe(true), WAIT);
      const path = `/conversations/${conversationId}/messages`;
      const body = { body: "Thanks — looking into it now.", senderName: "Acme CRM" };
      const { body: answer } = await world().call({ method: "POST", path, body, key: tenant.key });
      await vi.waitFor(() => {
        expect(widget.at(-1)).toMatchObject({ _id: answer["messageId"], ...body, role: "operator" });
        const row = inbox.find(({ _id }) => _id === conversationId);
        expect(row).toMatchObject({ lastMessage: { role: "operator", senderName: "Acme CRM" } });
        expect(row).not.toHaveProperty("waitingSince");
        expect(row).not.toHaveProperty("assignedOperatorId");
      }, WAIT);

      await world().client.mutation(
        messages["send"] as never,
        { sessionToken, conversationId, body: "From the dashboard" } as never,
      );
      const created = (await eventsOf(conversationId)).filter(({ type }) => type === "message.created");
      const [, byKey, byOperator] = created.map(({ data }) => data);
      expect(byKey).toMatchObject({ ...body, role: "operator", via: "api", sequence: 2 });
      expect(byOperator).toMatchObject({ body: "From the dashboard", role: "operator", sequence: 3 });
      expect(byOperator).not.toHaveProperty("via");
      const shared = [
        "messageId",
        "conversationId",
        "brandId",
        "channel",
        "role",
        "body",
        "sequence",
        "createdAt",
      ];
      for (const field of shared)
        expect([byKey, byOperator]).toEqual([
          expect.objectContaining({ [field]: expect.anything() as unknown }),
          expect.objectContaining({ [field]: expect.anything() as unknown }),
        ]);
    });

    it("a reply opens a snoozed conversation, and leaves one that is over as it is", async () => {
      for (const [status, after] of [
        ["snoozed", "open"],
        ["resolved", "resolved"],
        ["closed", "closed"],
      ] as const) {
        const { conversationId } = await world().startChat(tenant.widgetId);
        const path = `/conversations/${conversationId}`;
        await world().call({ method: "PATCH", path, body: { status }, key: tenant.key });
        await world().call({
          method: "POST",
          path: `${path}/messages`,
          body: { body: "x" },
          key: tenant.key,
        });
        const { body } = await world().call({ path, key: tenant.readKey });
        expect(body).toMatchObject({ conversation: { status: after } });
      }
    });

    it("a change of status makes one event, no change none", async () => {
      const { conversationId } = await world().startChat(tenant.widgetId);
      const path = `/conversations/${conversationId}`;
      for (let i = 0; i < 2; i++) {
        const answer = await world().call({
          method: "PATCH",
          path,
          body: { status: "resolved" },
          key: tenant.key,
        });
        expect(answer.body).toMatchObject({ ok: true, conversation: { status: "resolved" } });
      }
      const changes = (await eventsOf(conversationId)).filter(
        ({ type }) => type === "conversation.status_changed",
      );
      expect(changes.map(({ data }) => data)).toEqual([
        { conversationId, brandId: tenant.brandId, previousStatus: "open", status: "resolved", via: "api" },
      ]);
    });

    it("a conversation goes to an operator who may see it, and to nobody", async () => {
      const { conversationId } = await world().startChat(tenant.widgetId);
      const path = `/conversations/${conversationId}`;
      const operator = {
        email: crypto.randomUUID(),
        name: "Grace",
        role: "agent",
        passwordHash: "",
        createdAt: 0,
      };
      const { workspaceId, otherBrandId } = tenant;
      const [elsewhere] = await world().insert("operators", {
        ...operator,
        workspaceId,
        brandAccess: [otherBrandId],
      });
      const rival = await world().makeTenant("Elsewhere");
      const assign = (assignee: string | null) =>
        world().call({ method: "PATCH", path, body: { assignee }, key: tenant.key });
      expect((await assign(tenant.operatorId)).body).toMatchObject({
        conversation: { assignee: tenant.operatorId },
      });
      for (const assignee of [elsewhere!, rival.operatorId, conversationId, "x"]) {
        const answer = await assign(assignee);
        expect(answer, assignee).toMatchObject({
          status: 422,
          body: { errors: [{ pointer: "#/assignee" }] },
        });
      }
      expect((await assign(null)).body).toMatchObject({ conversation: { assignee: null } });
    });

    it("a conversation says what operators have decided: tags, and until when it sleeps", async () => {
      const { conversationId } = await world().startChat(tenant.widgetId);
      const read = async () =>
        (await world().call({ path: `/conversations/${conversationId}`, key: tenant.key })).body;
      expect(await read()).toMatchObject({ conversation: { tags: [], snoozedUntil: null } });
      const of = { sessionToken: tenant.sessionToken, conversationId };
      const until = Date.now() + 60 * 60 * 1000;
      await world().admin("conversationTags:addTag", { ...of, tag: "shipping" });
      await world().admin("conversations:snooze", { ...of, until });
      expect(await read()).toMatchObject({
        conversation: { tags: ["shipping"], status: "snoozed", snoozedUntil: until },
      });
    });

    it("a lead takes brand and visitor from its conversation, and changes field by field", async () => {
      const { conversationId } = await world().startChat(tenant.otherWidgetId);
      const made = await world().call({
        method: "POST",
        path: "/leads",
        key: tenant.key,
        body: { name: " Maya A. ", email: "Maya@Acme.com", phone: "0044 (20) 7946-0958", conversationId },
      });
      expect(made.body).toMatchObject({
        lead: {
          name: "Maya A.",
          email: "maya@acme.com",
          phone: "+442079460958",
          status: "new",
          brandId: tenant.otherBrandId,
          conversationId,
        },
      });
      const path = `/leads/${String(made.body["leadId"])}`;
      const patch = (body: unknown) => world().call({ method: "PATCH", path, key: tenant.key, body });
      expect((await patch({ email: null, status: "won" })).body).toMatchObject({
        ok: true,
        lead: { status: "won" },
      });
      await patch({ status: "won" });
      const { body } = await world().call({ path, key: tenant.readKey });
      expect(body["lead"]).not.toHaveProperty("email");
      const events = await eventsOf(conversationId);
      expect(events.map(({ type }) => type).filter((type) => type.startsWith("lead."))).toEqual([
        "lead.created",
        "lead.status_changed",
      ]);
      const clash = { name: "A", conversationId, brandId: tenant.brandId };
      const refused = await world().call({ method: "POST", path: "/leads", key: tenant.key, body: clash });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/brandId" }] } });
    });
  });
}
