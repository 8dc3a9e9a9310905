import { beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../convex/logic/tokens";
import type { Tenant, World } from "./world";

const CONVERSATIONS = 10_000;
const BATCH = 1_000;
const LIMIT = 50;
/** Beside the rows of the page: one more to know whether there is another, the key, and each brand once. */
const OVERHEAD = 4;

const STATUSES = ["open", "snoozed", "resolved", "closed"];
const CHANNELS = ["web_chat", "email"];

type Reads = { rows: number; documentsRead: number };

/** Reading a page costs the page, however many rows there are. */
export function scaleCases(world: () => World): void {
  describe(`of ${CONVERSATIONS} conversations`, () => {
    let tenant: Tenant;
    let caller: { keyHash: string; address: null };

    beforeAll(async () => {
      tenant = await world().makeTenant("Scale");
      caller = { keyHash: await sha256Hex(tenant.key), address: null };
      await seedConversations(world(), tenant, CONVERSATIONS);
    });

    const reads = (run: string, args: Record<string, unknown>) =>
      world().admin<Reads>("scenes:reads", { run, args: { caller, after: null, limit: LIMIT, ...args } });

    const narrowings = [
      null,
      { by: "channel", channel: "email" },
      { by: "assignee", assignee: null },
      { by: "assignee", assignee: "owner" },
    ];
    const scopes = ["workspace", "brand"];
    const orders = ["activity", "change"];
    const cases = scopes.flatMap((scope) =>
      orders.flatMap((order) => narrowings.map((narrowing) => [scope, order, narrowing] as const)),
    );

    it.each(cases)(
      "the first page of the %s by %s, narrowed to %j, reads what it returns",
      async (scope, order, by) => {
        const narrowing = by?.assignee === "owner" ? { ...by, assignee: tenant.operatorId } : by;
        const { rows, documentsRead } = await reads("conversations:listForKey", {
          status: "open",
          narrowing,
          ...(scope === "brand" ? { brandId: tenant.brandId } : {}),
          ...(order === "change" ? { updatedAfter: 0 } : {}),
        });
        expect(rows).toBe(LIMIT);
        expect(documentsRead).toBeLessThanOrEqual(LIMIT + OVERHEAD + (by?.by === "assignee" ? 1 : 0));
      },
    );

    it("a page in the middle reads what it returns", async () => {
      let cursor: string | undefined;
      for (let page = 0; page < 5; page++) {
        const query = { limit: 200, cursor };
        const { body } = await world().call({ path: "/conversations", query, key: tenant.key });
        cursor = body["nextCursor"] as string;
      }
      const [, , at, createdAt, id] = JSON.parse(Buffer.from(String(cursor), "base64url").toString()) as (
        string | number
      )[];
      const after = { at, createdAt, id };
      const { rows, documentsRead } = await reads("conversations:listForKey", {
        status: "open",
        narrowing: null,
        after,
      });
      expect(rows).toBe(LIMIT);
      expect(documentsRead).toBeLessThanOrEqual(LIMIT + OVERHEAD);
    });
  });
}

/** Rows as a busy workspace has them: a quarter of each status, half of each channel, a third assigned. */
export function conversationRow(
  { workspaceId, brandId, otherBrandId, operatorId }: Tenant,
  visitorId: string,
  n: number,
): Record<string, unknown> {
  return {
    workspaceId,
    brandId: n % 5 === 0 ? otherBrandId : brandId,
    visitorId,
    channel: CHANNELS[n % 2],
    status: STATUSES[Math.floor(n / 2) % 4],
    ...(n % 3 === 0 ? { assignedOperatorId: operatorId } : {}),
    visitor: { name: `Visitor ${n}`, email: `visitor-${n}@example.com` },
    lastMessage: { preview: "Do you ship to Norway?", role: "visitor", at: 1_700_000_000_000 + n },
    lastMessageAt: 1_700_000_000_000 + n,
    sequence: 1,
    visitorSequence: 1,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000 + n,
  };
}

async function seedConversations(world: World, tenant: Tenant, count: number): Promise<void> {
  const { workspaceId, brandId } = tenant;
  const visitor = { workspaceId, brandId, keyHash: "0", firstSeenAt: 0, lastSeenAt: 0 };
  const [visitorId = ""] = await world.insert("visitors", visitor);
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, i) => conversationRow(tenant, visitorId, from + i));
    await world.insert("conversations", ...rows);
  }
}
