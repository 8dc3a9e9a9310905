import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { after, answer } from "../../helpers/receivers";
import type { World } from "../backend.cases";
import { expectRefusal, makeOperator, startChat } from "./backend";
import { Hooks, eventually, verifies } from "./hooks";
import type { Endpoint, Row } from "./hooks";

type Envelope = { id: string; type: string; data: Record<string, unknown> };

export function webhookDeliveryCases(world: World): void {
  describe("webhook deliveries", () => {
    const hooks = new Hooks(world);
    beforeAll(() => hooks.start());
    afterAll(() => hooks.stop());

    const envelopes = (endpoint: Endpoint) =>
      hooks.requestsOf(endpoint).map(({ body }) => JSON.parse(body.toString()) as Envelope);
    const detail = async ({ _id: deliveryId }: Row) =>
      (await world.backend.query(api.webhooks.getDelivery, { ...hooks.owner, deliveryId }))!;
    const retry = ({ _id: deliveryId }: Row) =>
      world.backend.mutation(api.webhooks.manualRetry, { ...hooks.owner, deliveryId });
    const setEnabled = ({ subscriptionId }: Endpoint, enabled: boolean) =>
      world.backend.mutation(api.webhooks.setEnabled, { ...hooks.owner, subscriptionId, enabled });
    const rest = async (method: string, path: string, body: object) => {
      const headers = { Authorization: `Bearer ${hooks.team.apiKey}`, "Content-Type": "application/json" };
      const response = await world.backend.fetch(`/api/v1${path}`, {
        method,
        headers,
        body: JSON.stringify(body),
      });
      const text = await response.text();
      expect(response.ok, text).toBe(true);
      return JSON.parse(text) as { leadId?: string };
    };

    /** An endpoint whose one delivery failed in all attempts. */
    async function failed(): Promise<{ endpoint: Endpoint; row: Row }> {
      const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
      hooks.answer(endpoint, answer(500, { body: "no <b>luck</b>" }));
      await startChat(world.backend, endpoint);
      const [row] = await hooks.settled(endpoint, 1);
      return { endpoint, row: row! };
    }

    it("carry every change from the dashboard, the widget and the REST API, and no internal note", async () => {
      const endpoint = await hooks.endpoint();
      const { mutation } = world.backend;
      const chat = await startChat(world.backend, endpoint);
      const { conversationId, widgetId, visitorKey } = chat;
      const ask = { ...hooks.owner, conversationId };
      await mutation(api.messages.send, { ...ask, body: "From the dashboard" });
      await mutation(api.messages.send, { ...ask, body: "a secret of the team", internal: true });
      await mutation(api.conversations.setStatus, { ...ask, status: "snoozed" });
      await mutation(api.visitors.sendVisitorMessage, {
        widgetId,
        visitorKey,
        conversationId,
        body: "Again",
      });
      await rest("POST", `/conversations/${conversationId}/messages`, { body: "From a program" });
      await rest("PATCH", `/conversations/${conversationId}`, { status: "resolved" });
      const { leadId } = await mutation(api.leads.create, { ...ask, name: "Maya" });
      await mutation(api.leads.updateStatus, { ...hooks.owner, leadId, status: "won" });
      const byProgram = await rest("POST", "/leads", { name: "Zoe", brandId: endpoint.brandId });
      await rest("PATCH", `/leads/${byProgram.leadId}`, { status: "lost" });
      await hooks.settled(endpoint, 12);

      const events = (await world.backend.rows("events")).filter(
        ({ brandId }) => brandId === endpoint.brandId,
      );
      const bodies = envelopes(endpoint);
      expect(bodies.map(({ id }) => id).sort()).toEqual(events.map(({ _id }) => _id).sort());
      const types = bodies.map(({ type }) => type);
      expect(types.toSorted()).toEqual([
        "conversation.created",
        ...Array<string>(3).fill("conversation.status_changed"),
        "lead.created",
        "lead.created",
        "lead.status_changed",
        "lead.status_changed",
        ...Array<string>(4).fill("message.created"),
      ]);
      const requests = hooks.requestsOf(endpoint);
      expect(requests.every((request) => verifies(endpoint.secret, request))).toBe(true);
      expect(requests.map(({ body }) => body.toString()).join()).not.toContain("a secret of the team");
      for (const { _id, payload, occurredAt } of events) {
        const request = requests.find(({ headers }) => headers.get("x-praxtalk-event-id") === _id)!;
        expect(request.body.toString()).toMatch(/^\{"id":/);
        expect(request.body.toString()).toContain(
          `"occurredAt":"${new Date(occurredAt).toISOString()}","data":${payload}}`,
        );
      }
    });

    it("go to the endpoints whose events and brand are theirs", async () => {
      const [all, leads] = [await hooks.endpoint(), await hooks.endpoint({ events: ["lead.created"] })];
      await startChat(world.backend, leads);
      await startChat(world.backend, all);
      await hooks.settled(all, 2);
      expect(await hooks.log(leads)).toEqual([]);
      await world.backend.mutation(api.leads.create, {
        ...hooks.owner,
        name: "Maya",
        brandId: leads.brandId,
      });
      await hooks.settled(leads, 1);
      expect(hooks.requestsOf(leads).map(({ headers }) => headers.get("x-praxtalk-event"))).toEqual([
        "lead.created",
      ]);
      expect(hooks.requestsOf(all)).toHaveLength(2);
    });

    it("are tried six times with the same bytes, then given up, and who manages them is told once", async () => {
      const agent = await makeOperator(world.backend, hooks.team);
      const { endpoint, row } = await failed();
      expect(row).toMatchObject({ status: "failed", attempts: 6, httpStatus: 500, error: "http_5xx" });
      expect(row).not.toHaveProperty("nextRetryAt");
      const requests = hooks.requestsOf(endpoint);
      expect(requests.map(({ headers }) => headers.get("x-praxtalk-attempt"))).toEqual(
        [1, 2, 3, 4, 5, 6].map((n) => `${n}/6`),
      );
      expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
      const { attemptRows, request } = await detail(row);
      expect(attemptRows.map(({ _id }) => _id)).toEqual(
        requests.map(({ headers }) => headers.get("x-praxtalk-delivery")),
      );
      expect(attemptRows[5]).toMatchObject({
        number: 6,
        manual: false,
        outcome: "http_5xx",
        replyExcerpt: "no <b>luck</b>",
      });
      expect(request!.body).toBe(requests[0]!.body.toString());
      const sent = requests[5]!.headers;
      for (const { name, value } of request!.headers) {
        if (!value.includes("…")) expect(sent.get(name.toLowerCase()), name).toBe(value);
      }
      expect(JSON.stringify(request)).not.toMatch(/[0-9a-f]{64}/);

      const { query, mutation } = world.backend;
      const activity = await query(api.notifications.listActivity, hooks.owner);
      const about = activity.filter(({ body }) => body?.includes(endpoint.brandId));
      const link = `/app/integrations?view=log&delivery=${row._id}`;
      expect(about).toMatchObject([{ kind: "webhook_failed", severity: "error", link }]);
      expect(await query(api.notifications.listActivity, { sessionToken: agent.sessionToken })).toEqual([]);
      const count = () => query(api.notifications.countUnreadActivity, hooks.owner);
      const unread = await count();
      const notificationId = about[0]!._id;
      await expectRefusal(
        mutation(api.notifications.markActivityRead, { sessionToken: agent.sessionToken, notificationId }),
        "NOT_FOUND",
      );
      await mutation(api.notifications.markActivityRead, { ...hooks.owner, notificationId });
      expect(await count()).toBe(unread - 1);
      await mutation(api.notifications.markAllRead, hooks.owner);
      expect(await count()).toBe(0);
    });

    it("end at once when the receiver is gone, and the endpoint with them", async () => {
      const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
      hooks.answer(endpoint, answer(410));
      await startChat(world.backend, endpoint);
      const [row] = await hooks.settled(endpoint, 1);
      expect(row).toMatchObject({ status: "failed", attempts: 1, httpStatus: 410 });
      const rows = await world.backend.query(api.webhooks.list, hooks.owner);
      expect(rows.find(({ _id }) => _id === endpoint.subscriptionId)).toMatchObject({
        enabled: false,
        disabledReason: "gone",
      });
      const activity = await world.backend.query(api.notifications.listActivity, hooks.owner);
      expect(activity[0]).toMatchObject({
        kind: "webhook_disabled",
        link: "/app/integrations?view=webhooks",
      });
      expect(activity[0]!.body).toContain(endpoint.brandId);
    });

    it("are skipped while the endpoint is disabled, and sent by a replay", async () => {
      const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
      await setEnabled(endpoint, false);
      await startChat(world.backend, endpoint);
      const [skipped] = await hooks.log(endpoint);
      expect(skipped).toMatchObject({ status: "skipped", state: "ended", attempts: 0 });
      await expectRefusal(retry(skipped!), "CONFLICT");
      const { subscriptionId } = endpoint;
      const replay = { ...hooks.owner, subscriptionId, since: 0 };
      await expectRefusal(world.backend.mutation(api.webhooks.replayFailed, replay), "CONFLICT");
      await setEnabled(endpoint, true);
      const forBrand = (brandId: string) =>
        world.backend.mutation(api.webhooks.update, { ...hooks.owner, subscriptionId, brandId });
      await forBrand((await hooks.endpoint()).brandId);
      await expectRefusal(retry(skipped!), "CONFLICT");
      await forBrand(endpoint.brandId);
      await startChat(world.backend, endpoint);
      await hooks.settled(endpoint, 2);
      expect(await world.backend.query(api.webhooks.countReplayable, replay)).toEqual({
        count: 1,
        isMore: false,
      });
      await world.backend.mutation(api.webhooks.replayFailed, replay);
      const rows = await hooks.until(endpoint, (rows) =>
        expect(rows.map(({ status }) => status)).toEqual(["delivered", "delivered"]),
      );
      expect(rows.map(({ attempts }) => attempts)).toEqual([1, 0]);
      expect(hooks.requestsOf(endpoint).map(({ headers }) => headers.get("x-praxtalk-attempt"))).toEqual([
        "1/6",
        "manual",
      ]);
      expect(await world.backend.query(api.webhooks.countReplayable, replay)).toEqual({
        count: 0,
        isMore: false,
      });
    });

    it("that failed stay failed when a replay fails too", async () => {
      const { endpoint, row } = await failed();
      const { subscriptionId } = endpoint;
      await world.backend.mutation(api.webhooks.replayFailed, { ...hooks.owner, subscriptionId, since: 0 });
      await eventually(() => expect(hooks.requestsOf(endpoint)).toHaveLength(7));
      await hooks.until(endpoint, (rows) =>
        expect(rows).toMatchObject([{ _id: row._id, status: "failed", state: "ended", attempts: 6 }]),
      );
      const { attemptRows } = await detail(row);
      expect(attemptRows.at(-1)).toMatchObject({ number: 7, manual: true, outcome: "http_5xx" });
      const since = row.createdAt + 1;
      await world.backend.mutation(api.webhooks.replayFailed, { ...hooks.owner, subscriptionId, since });
      hooks.answer(endpoint, answer(200));
      await startChat(world.backend, endpoint);
      await hooks.settled(endpoint, 2);
      expect(hooks.requestsOf(endpoint)).toHaveLength(8);
    });

    it("are retried by hand one at a time, beside the schedule", async () => {
      const { endpoint, row } = await failed();
      const held: Socket[] = [];
      hooks.answer(endpoint, (socket) => held.push(socket));
      await retry(row);
      await expectRefusal(retry(row), "CONFLICT");
      await eventually(() => expect(held).toHaveLength(1));
      held[0]!.resetAndDestroy();
      const [still] = await hooks.until(endpoint, (rows) => expect(rows[0]!.state).toBe("ended"));
      expect(still).toMatchObject({ status: "failed", attempts: 6, error: "reset" });
      hooks.answer(endpoint, answer(204));
      await retry(row);
      const [delivered] = await hooks.until(endpoint, (rows) => expect(rows[0]!.status).toBe("delivered"));
      expect(delivered).toMatchObject({ attempts: 6, httpStatus: 204 });
      expect(delivered).not.toHaveProperty("error");
      await expectRefusal(retry(row), "CONFLICT");
      const agent = await makeOperator(world.backend, hooks.team);
      await expectRefusal(
        world.backend.mutation(api.webhooks.manualRetry, {
          sessionToken: agent.sessionToken,
          deliveryId: row._id,
        }),
        "FORBIDDEN",
      );
    });

    it("arrive while more endpoints never answer than a deployment runs functions side by side", async () => {
      const held: Socket[] = [];
      const hanging: Endpoint[] = [];
      for (let n = 0; n < 10; n++) {
        const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
        hooks.answer(endpoint, (socket) => held.push(socket));
        await startChat(world.backend, endpoint);
        hanging.push(endpoint);
      }
      await eventually(() => expect(held).toHaveLength(10));
      const healthy = await hooks.endpoint({ events: ["conversation.created"] });
      await startChat(world.backend, healthy);
      await hooks.settled(healthy, 1);
      for (const endpoint of hanging) expect((await hooks.log(endpoint))[0]!.state).toBe("sending");
      for (const socket of held) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
      for (const endpoint of hanging) {
        expect(await hooks.settled(endpoint, 1)).toMatchObject([{ status: "delivered", attempts: 1 }]);
        const { subscriptionId } = endpoint;
        await world.backend.mutation(api.webhooks.remove, { ...hooks.owner, subscriptionId });
      }
    });

    it("of a deleted endpoint end, and stay in the log with its URL", async () => {
      const endpoint = await hooks.endpoint({ events: ["conversation.created"] });
      const { subscriptionId } = endpoint;
      hooks.answer(endpoint, after(500, answer(500)));
      await startChat(world.backend, endpoint);
      await eventually(() => expect(hooks.requestsOf(endpoint)).toHaveLength(1));
      await world.backend.mutation(api.webhooks.remove, { ...hooks.owner, subscriptionId });
      const [row] = await hooks.settled(endpoint, 1);
      expect(row).toMatchObject({ status: "canceled", endpointDeleted: true, attempts: 1 });
      expect(row!.url).toContain(endpoint.brandId);
      await expectRefusal(retry(row!), "CONFLICT");
      await startChat(world.backend, endpoint);
      expect(await hooks.log(endpoint)).toHaveLength(1);
    });

    it("can be tested, also while the endpoint is disabled", async () => {
      const endpoint = await hooks.endpoint();
      await setEnabled(endpoint, false);
      const { subscriptionId } = endpoint;
      const test = { ...hooks.owner, subscriptionId };
      const { deliveryId } = await world.backend.mutation(api.webhooks.sendTest, test);
      const [row] = await hooks.until(endpoint, (rows) => expect(rows[0]!.status).toBe("delivered"));
      expect(row).toMatchObject({ _id: deliveryId, eventType: "ping", eventId: null, attempts: 0 });
      const [request] = hooks.requestsOf(endpoint);
      expect(verifies(endpoint.secret, request!)).toBe(true);
      expect(envelopes(endpoint)).toMatchObject([{ id: deliveryId, type: "ping", data: {} }]);
      hooks.answer(endpoint, answer(404));
      await world.backend.mutation(api.webhooks.sendTest, test);
      const [second] = await hooks.until(endpoint, (rows) => expect(rows[0]!.status).toBe("failed"));
      expect(second).toMatchObject({ eventType: "ping", httpStatus: 404, state: "ended" });
      expect(await world.backend.query(api.webhooks.countReplayable, { ...test, since: 0 })).toMatchObject({
        count: 0,
      });
    });

    it("are listed by any of the filters, whole and by pages", async () => {
      const endpoint = await hooks.endpoint();
      const { subscriptionId } = endpoint;
      for (let n = 0; n < 3; n++) await startChat(world.backend, endpoint);
      await hooks.settled(endpoint, 6);
      hooks.answer(endpoint, answer(410));
      await startChat(world.backend, endpoint);
      const rows = await hooks.settled(endpoint, 8);
      const { backend, owner } = { backend: world.backend, owner: hooks.owner };
      const ids = (found: Row[]) => found.map(({ _id }) => _id);
      for (const status of ["delivered", "failed", undefined] as const) {
        for (const eventType of ["message.created", "conversation.created", undefined] as const) {
          const filters = { subscriptionId, status, eventType };
          const expected = rows.filter(
            (row) =>
              [undefined, row.status].includes(status) && [undefined, row.eventType].includes(eventType),
          );
          expect(ids(await hooks.log(endpoint, filters))).toEqual(ids(expected));
          const page = (cursor: string | null) =>
            backend.query(api.webhooks.listDeliveries, {
              ...owner,
              ...filters,
              paginationOpts: { numItems: 2, cursor },
            });
          const first = await page(null);
          const second = await page(first.continueCursor);
          expect(ids([...first.page, ...second.page])).toEqual(ids(expected).slice(0, 4));
          const inTeam = await backend.query(api.webhooks.listRecentEvents, {
            ...owner,
            status,
            eventType,
            limit: 200,
          });
          expect(ids(inTeam.filter((row) => row.subscriptionId === subscriptionId))).toEqual(ids(expected));
        }
      }
      const since = rows[3]!.createdAt;
      expect(ids(await hooks.log(endpoint, { since }))).toEqual(
        ids(rows.filter(({ createdAt }) => createdAt >= since)),
      );
      expect(await hooks.log(endpoint, { limit: 3 })).toHaveLength(3);
    });
  });
}
