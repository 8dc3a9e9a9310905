import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tenant, World } from "./world";

const RUNS = process.env["PRAXTALK_LONG"] === "1" ? 60 : 6;
/** Below what a read key may do in a minute. */
const REQUESTS_PER_KEY = 400;
const SEED = Number(process.env["PRAXTALK_SEED"] ?? Date.now() & 0x7fffffff);

type Row = { id: string };
type Between = (page: Row[], number: number) => Promise<void>;

export function pageCases(world: () => World): void {
  describe(`pages (seed ${SEED})`, { timeout: 120_000 }, () => {
    let tenant: Tenant;
    let visitorId = "";

    beforeAll(async () => {
      tenant = await world().makeTenant("Pages");
      [visitorId = ""] = await world().insert("visitors", {
        workspaceId: tenant.workspaceId,
        brandId: tenant.brandId,
        keyHash: "0",
        firstSeenAt: 0,
        lastSeenAt: 0,
      });
    });

    const conversation = (brandId: string, fields: Record<string, unknown> = {}) => ({
      workspaceId: tenant.workspaceId,
      brandId,
      visitorId,
      channel: "web_chat",
      status: "open",
      visitor: {},
      lastMessage: null,
      lastMessageAt: 1_000,
      sequence: 0,
      visitorSequence: 0,
      createdAt: 1_000,
      updatedAt: 1_000,
      ...fields,
    });
    const newBrand = async () =>
      (
        await world().insert("brands", {
          workspaceId: tenant.workspaceId,
          slug: crypto.randomUUID(),
          name: "Walk",
          widgetId: crypto.randomUUID(),
          primaryColor: "#123456",
          welcomeMessage: "",
          position: "br",
          allowedOrigins: [],
          createdAt: 0,
        })
      )[0]!;

    let walkKey = "";
    let requests = 0;

    /** All ids that a walk gives, in order, while something happens between its pages. */
    async function walk(
      path: "/conversations" | "/leads" | "/messages" | "/events",
      query: Record<string, string | number | undefined>,
      between: Between = () => Promise.resolve(),
    ): Promise<string[]> {
      const name = path.slice(1);
      const ids: string[] = [];
      const cursorName = path === "/events" ? "after" : "cursor";
      let cursor: string | undefined;
      for (let number = 0; ; number++) {
        if (requests++ % REQUESTS_PER_KEY === 0) walkKey = await world().makeKey(tenant, { scope: "read" });
        const answer = await world().call({ path, query: { ...query, [cursorName]: cursor }, key: walkKey });
        expect(answer.status, answer.text).toBe(200);
        const page = answer.body[name] as Row[];
        expect(page.length).toBeLessThanOrEqual(Number(query["limit"]));
        ids.push(...page.map(({ id }) => id));
        if (answer.body["hasMore"] === false) return ids;
        expect(page).toHaveLength(Number(query["limit"]));
        cursor = answer.body["nextCursor"] as string;
        await between(page, number);
      }
    }

    it("of conversations miss none that stayed, whatever comes and moves between them", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 9 }),
          fc.array(fc.integer({ min: 1_000, max: 1_004 }), { minLength: 10, maxLength: 30 }),
          fc.boolean(),
          fc.boolean(),
          fc.infiniteStream(fc.nat()),
          async (limit, times, byChange, wholeWorkspace, random) => {
            const brandId = await newBrand();
            // Few different times, so that rows of one time are cut by pages; a status that other runs do not use up.
            const status = wholeWorkspace ? "snoozed" : "open";
            const rows = times.map((at) =>
              conversation(brandId, { status, lastMessageAt: at, updatedAt: at }),
            );
            const ids = await world().insert("conversations", ...rows);
            const moved = new Set<string>();
            const between: Between = async () => {
              const at = random.next().value! % 2 === 0 ? 1_002 : 5_000;
              const id = ids[random.next().value! % ids.length]!;
              moved.add(id);
              await world().admin("scenes:patch", { id, fields: { lastMessageAt: at, updatedAt: at } });
              await world().insert(
                "conversations",
                conversation(brandId, { status, lastMessageAt: at, updatedAt: at }),
              );
            };
            const scope: Record<string, string> = wholeWorkspace ? {} : { brandId };
            const order: Record<string, number> = byChange ? { updatedAfter: 0 } : {};
            // A walk by change meets what moved on and on: it moves a bounded number of times.
            let steps = 0;
            const seen = await walk(
              "/conversations",
              { status, ...scope, ...order, limit },
              async (page, number) => {
                if (steps++ < 12) await between(page, number);
              },
            );
            const stayed = ids.filter((id) => !moved.has(id));
            for (const id of stayed) expect(seen.filter((other) => other === id)).toEqual([id]);
            // Without moves a second walk is the list itself.
            const again = await walk("/conversations", { status, ...scope, ...order, limit });
            expect(new Set(again).size).toBe(again.length);
            expect(new Set(ids.filter((id) => again.includes(id)))).toEqual(new Set(ids));
          },
        ),
        { seed: SEED, numRuns: RUNS },
      );
    });

    it("of conversations hold what the filters say, each combination by itself", async () => {
      const brandId = await newBrand();
      const statuses = ["open", "snoozed", "resolved", "closed"];
      const channels = ["web_chat", "email", "sms"];
      const assignees = [undefined, tenant.operatorId];
      const rows = statuses.flatMap((status) =>
        channels.flatMap((channel) =>
          assignees.map((assignedOperatorId, i) =>
            conversation(brandId, {
              status,
              channel,
              assignedOperatorId,
              lastMessageAt: 2_000 + i,
              updatedAt: 3_000 - i,
            }),
          ),
        ),
      );
      const ids = await world().insert("conversations", ...rows);
      const narrowings: [Record<string, string>, (row: (typeof rows)[number]) => boolean][] = [
        [{}, () => true],
        [{ channel: "email" }, (row) => row.channel === "email"],
        [
          { assignee: "unassigned" },
          (row) => !("assignedOperatorId" in row) || row["assignedOperatorId"] === undefined,
        ],
        [
          { assignee: tenant.operatorId },
          (row) => (row as Record<string, unknown>)["assignedOperatorId"] !== undefined,
        ],
      ];
      for (const status of statuses) {
        for (const [narrowing, matches] of narrowings) {
          for (const updatedAfter of [undefined, 0, 2_999]) {
            const seen = await walk("/conversations", {
              status,
              brandId,
              ...narrowing,
              updatedAfter,
              limit: 2,
            });
            const after = updatedAfter ?? -1;
            const wanted = ids.filter(
              (_, i) => rows[i]!.status === status && matches(rows[i]!) && rows[i]!.updatedAt > after,
            );
            expect(new Set(seen), JSON.stringify({ status, narrowing, updatedAfter })).toEqual(
              new Set(wanted),
            );
            expect(seen).toHaveLength(wanted.length);
          }
        }
      }
    });

    it("of leads miss none that stayed", async () => {
      const brandId = await newBrand();
      const lead = (updatedAt: number, status = "new") => ({
        workspaceId: tenant.workspaceId,
        brandId,
        name: "A",
        status,
        createdBy: tenant.operatorId,
        createdAt: 0,
        updatedAt,
      });
      const ids = await world().insert(
        "leads",
        ...Array.from({ length: 25 }, (_, i) => lead(1_000 + (i % 3))),
      );
      for (const query of [{}, { status: "new" }, { updatedAfter: 0 }, { status: "new", updatedAfter: 0 }]) {
        let steps = 0;
        const seen = await walk("/leads", { brandId, limit: 4, ...query }, async () => {
          if (steps++ < 3) await world().insert("leads", lead(1_001), lead(9_000, "lost"));
        });
        for (const id of ids)
          expect(
            seen.filter((other) => other === id),
            JSON.stringify(query),
          ).toEqual([id]);
      }
    });

    it("of messages hold every one once, in either order, while more are written", async () => {
      const { conversationId } = await world().startChat(tenant.widgetId, "First");
      const path = `/conversations/${conversationId}/messages`;
      const write = async (text: string) =>
        (await world().call({ method: "POST", path, key: tenant.key, body: { body: text } })).body[
          "messageId"
        ] as string;
      const written: string[] = [];
      for (let i = 0; i < 9; i++) written.push(await write(`Message ${i}`));
      await world().client.mutation(
        "messages:send" as never,
        { sessionToken: tenant.sessionToken, conversationId, body: "For us alone", internal: true } as never,
      );
      const newestFirst = await walk("/messages", { conversationId, order: "desc", limit: 3 }, async () => {
        written.push(await write("Meanwhile"));
      });
      const oldestFirst = await walk("/messages", { conversationId, limit: 3 });
      expect(oldestFirst.slice(1)).toEqual(written);
      expect(newestFirst).toEqual(oldestFirst.slice(0, newestFirst.length).reverse());
      const [all] = [
        await world().call({ path: "/messages", query: { conversationId }, key: tenant.readKey }),
      ];
      expect(all.text).not.toContain("For us alone");
    });

    it("of the change feed hold every event once, in one order, while many write", async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      const read = async () => {
        const query = { after: cursor, limit: 7, type: "lead.created" };
        const { body } = await world().call({ path: "/events", query, key: tenant.readKey });
        seen.push(...(body["events"] as Row[]).map(({ id }) => id));
        cursor = body["nextCursor"] as string;
      };
      await read();
      let writing = true;
      const writers = Promise.all(
        Array.from({ length: 6 }, async (_, i) => {
          for (let n = 0; n < 8; n++) {
            await world().call({
              method: "POST",
              path: "/leads",
              key: tenant.key,
              body: { name: `${i}.${n}` },
            });
          }
        }),
      ).finally(() => (writing = false));
      while (writing) await read();
      await writers;
      for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await read();
      }
      const feed = await walk("/events", { type: "lead.created", limit: 200 });
      expect(feed.length).toBeGreaterThanOrEqual(48);
      expect(seen).toEqual(feed);
    });

    it("are of the request that began them: another's cursor is refused", async () => {
      const { body } = await world().call({ path: "/leads", query: { limit: 1 }, key: tenant.key });
      const cursor = body["nextCursor"] as string;
      expect(typeof cursor).toBe("string");
      const others = [
        { path: "/leads", query: { cursor, status: "new" } },
        { path: "/conversations", query: { cursor } },
        { path: "/leads", query: { cursor: `${cursor}x` } },
        { path: "/leads", query: { cursor: "%%%" } },
        { path: "/leads", query: { cursor: btoa('["c1"]') } },
        { path: "/leads", query: { cursor: withId(cursor, "\\ud83d"), limit: 2 } },
        { path: "/events", query: { after: cursor } },
      ];
      for (const other of others) {
        const answer = await world().call({ ...other, key: tenant.key });
        expect(answer, JSON.stringify(other)).toMatchObject({
          status: 400,
          body: { code: "INVALID_CURSOR" },
        });
      }
      expect(
        (await world().call({ path: "/leads", query: { cursor, limit: 2 }, key: tenant.key })).status,
      ).toBe(200);
    });

    it("of the change feed say when what followed a cursor is gone", async () => {
      const { body } = await world().call({ path: "/events", query: { limit: 1 }, key: tenant.key });
      const [version, of] = JSON.parse(atob(String(body["nextCursor"]))) as string[];
      const old = BigInt(Date.now() - 31 * 24 * 60 * 60 * 1000) * 1_000_000n;
      const after = btoa(JSON.stringify([version, of, String(old)]));
      const answer = await world().call({ path: "/events", query: { after }, key: tenant.key });
      expect(answer).toMatchObject({ status: 410, body: { code: "CURSOR_EXPIRED" } });
    });
  });
}

/** A cursor with another text, as JSON writes it, in the place of the row's id. */
function withId(cursor: string, id: string): string {
  const parts = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))) as unknown[];
  return btoa(`${JSON.stringify(parts.slice(0, -1)).slice(0, -1)},"${id}"]`).replace(/=+$/, "");
}
