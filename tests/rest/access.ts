import { beforeAll, describe, expect, it } from "vitest";
import { API_KEY_BYTES, formatApiKey } from "../../convex/logic/tokens";
import { expectDocumented } from "./conformance";
import { documentedOperations } from "./document";
import type { DocumentedOperation } from "./document";
import type { Answer, Call, Tenant, World } from "./world";

/** What a request names: rows of the tenant, in its first brand. */
type Names = { brandId: string; conversationId: string; leadId: string };

const KINDS = [
  "no key",
  "malformed",
  "bad checksum",
  "unknown",
  "revoked",
  "expired",
  "read-only",
  "other brand",
  "other workspace",
  "right",
] as const;
type Kind = (typeof KINDS)[number];

const counted = documentedOperations.filter((operation) => operation["x-scope"] !== undefined);

/** A right request of each operation that names everything it can. */
function requestOf(
  { operationId }: DocumentedOperation,
  names: Names,
): Pick<Call, "path" | "query" | "body"> {
  const { brandId, conversationId, leadId } = names;
  switch (operationId) {
    case "listConversations":
      return { path: "/conversations", query: { brandId } };
    case "getConversation":
      return { path: `/conversations/${conversationId}` };
    case "updateConversation":
      return { path: `/conversations/${conversationId}`, body: { status: "open" } };
    case "createMessage":
      return { path: `/conversations/${conversationId}/messages`, body: { body: "Hello" } };
    case "listMessages":
      return { path: "/messages", query: { conversationId } };
    case "listLeads":
      return { path: "/leads", query: { brandId } };
    case "createLead":
      return { path: "/leads", body: { name: "Maya", brandId } };
    case "getLead":
      return { path: `/leads/${leadId}` };
    case "updateLead":
      return { path: `/leads/${leadId}`, body: { status: "won" } };
    case "listBrands":
      return { path: "/brands" };
    case "listEvents":
      return { path: "/events" };
    default:
      throw new Error(`Say here what a request to ${operationId} names.`);
  }
}

const namesNothing = new Set(["listBrands", "listEvents"]);

function expected(operation: DocumentedOperation, kind: Kind): [status: number, code?: string] {
  const success = Number(Object.keys(operation.responses).find((status) => status.startsWith("2")));
  const writes = operation["x-scope"] === "write";
  switch (kind) {
    case "no key":
    case "malformed":
    case "bad checksum":
    case "unknown":
      return [401, "UNAUTHENTICATED"];
    case "revoked":
      return [401, "KEY_REVOKED"];
    case "expired":
      return [401, "KEY_EXPIRED"];
    case "read-only":
      return writes ? [403, "READ_ONLY_KEY"] : [success];
    case "other brand":
      return namesNothing.has(operation.operationId) ? [success] : [403, "OTHER_BRAND"];
    case "other workspace":
      return namesNothing.has(operation.operationId) ? [success] : [404, "NOT_FOUND"];
    case "right":
      return [success];
  }
}

/** All that may tell two answers apart when what they say is the same. */
function comparable({ status, headers, body }: Answer): unknown {
  const { requestId: _, ...rest } = body;
  const kept = [...headers].filter(
    ([name]) => !/^((?:x|convex)-request-id|date|x-ratelimit-.*|ratelimit.*)$/.test(name),
  );
  return { status, headers: kept, body: rest };
}

export function accessCases(world: () => World): void {
  describe("access", () => {
    let own: Tenant;
    let rival: Tenant;
    let names: Names;
    let keys: Record<Kind, string | null>;

    const place = async (tenant: Tenant): Promise<Names> => {
      const { conversationId } = await world().startChat(tenant.widgetId);
      const body = { name: "Maya", brandId: tenant.brandId };
      const lead = await world().call({ method: "POST", path: "/leads", key: tenant.key, body });
      return { brandId: tenant.brandId, conversationId, leadId: lead.body["leadId"] as string };
    };

    beforeAll(async () => {
      own = await world().makeTenant("Acme");
      rival = await world().makeTenant("Rival");
      names = await place(own);
      await place(rival);
      const unknown = formatApiKey(crypto.getRandomValues(new Uint8Array(API_KEY_BYTES)));
      keys = {
        "no key": null,
        malformed: "ptk_live_x",
        "bad checksum": own.key.slice(0, -1) + (own.key.endsWith("0") ? "1" : "0"),
        unknown,
        revoked: await world().makeKey(own, { revokedAt: Date.now() }),
        expired: await world().makeKey(own, { expiresAt: Date.now() - 1 }),
        "read-only": own.readKey,
        "other brand": own.otherBrandKey,
        "other workspace": rival.key,
        right: own.brandKey,
      };
    });

    describe.each(counted.map((operation) => [operation.operationId, operation] as const))(
      "%s",
      (_id, operation) => {
        it.each(KINDS)("%s", async (kind) => {
          const request = requestOf(operation, names);
          const answer = await world().call({ ...request, method: operation.method, key: keys[kind] });
          expectDocumented(operation, answer, `${operation.operationId} with ${kind}`);
          const [status, code] = expected(operation, kind);
          expect(answer).toMatchObject({ status, body: code === undefined ? {} : { code } });
        });
      },
    );

    it.each(
      counted
        .filter(({ operationId }) => !namesNothing.has(operationId))
        .map((operation) => [operation.operationId, operation] as const),
    )("%s does not tell what is elsewhere from what never was", async (_id, operation) => {
      const gone = await place(own);
      for (const id of [gone.conversationId, gone.leadId]) await world().admin("scenes:remove", { id });
      const otherTable = { brandId: names.leadId, conversationId: names.leadId, leadId: names.brandId };
      const malformed = { brandId: "x", conversationId: "x", leadId: "constructor" };
      const flipped = mapNames(names, (id) => id.toUpperCase());
      const foreign = { ...rival, ...(await place(rival)) };
      const named = [foreign, otherTable, malformed, flipped];
      if (operation.operationId !== "createLead" && !operation.operationId.endsWith("s")) named.push(gone);
      const answers = await Promise.all(
        named.map((names) =>
          world().call({ ...requestOf(operation, names), method: operation.method, key: own.key }),
        ),
      );
      for (const answer of answers) {
        expect(answer.status).toBe(404);
        expect(comparable(answer)).toEqual(comparable(answers[0]!));
      }
    });

    it("keeps lists to the key's brand and workspace", async () => {
      const { conversationId } = await world().startChat(own.otherWidgetId);
      const body = { name: "Second", brandId: own.otherBrandId };
      await world().call({ method: "POST", path: "/leads", key: own.key, body });
      const lists = [
        ["/conversations", "conversations"],
        ["/leads", "leads"],
        ["/events", "events"],
        ["/brands", "brands"],
      ] as const;
      for (const [path, name] of lists) {
        const brandsOf = async (key: string) => {
          const answer = await world().call({ path, key, query: path === "/brands" ? {} : { limit: 200 } });
          const rows = answer.body[name] as { id: string; brandId?: string }[];
          return new Set(rows.map((row) => row.brandId ?? row.id));
        };
        expect(await brandsOf(own.brandKey), path).toEqual(new Set([own.brandId]));
        expect(await brandsOf(own.otherBrandKey), path).toEqual(new Set([own.otherBrandId]));
        expect(await brandsOf(own.key), path).toEqual(new Set([own.brandId, own.otherBrandId]));
        const theirs = await brandsOf(rival.key);
        expect(theirs.has(own.brandId) || theirs.has(own.otherBrandId), path).toBe(false);
      }
      const read = await world().call({ path: `/conversations/${conversationId}`, key: own.otherBrandKey });
      expect(read.status).toBe(200);
    });

    it("takes the key's own brand when none is said, and refuses another by name without a look", async () => {
      const made = await world().call({
        method: "POST",
        path: "/leads",
        key: own.otherBrandKey,
        body: { name: "A" },
      });
      expect(made.body).toMatchObject({ lead: { brandId: own.otherBrandId } });
      for (const brandId of [own.brandId, rival.brandId, "nothing"]) {
        const answer = await world().call({
          path: "/conversations",
          query: { brandId },
          key: own.otherBrandKey,
        });
        expect(answer).toMatchObject({ status: 403, body: { code: "OTHER_BRAND" } });
      }
    });
  });
}

function mapNames(names: Names, change: (id: string) => string): Names {
  const { brandId, conversationId, leadId } = names;
  return { brandId: change(brandId), conversationId: change(conversationId), leadId: change(leadId) };
}
