/** What a page of a workspace of many conversations costs. The rows come in by the CLI's import, as a large move's would. */
import { createHash } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../convex/logic/tokens";
import { REPOSITORY } from "../helpers/embedded";
import { World, type Tenant } from "./world";

const IS_LONG = process.env["PRAXTALK_LONG"] === "1";
const CONVERSATIONS = IS_LONG ? 1_000_000 : 10_000;
const LIMIT = 50;
/** Beside the rows of the page: one more to know whether there is another, the key, and each brand once. */
const OVERHEAD = 4;
/** For a million rows on a slow machine. */
const SEED_TIMEOUT_MS = 40 * 60_000;

const STATUSES = ["open", "snoozed", "resolved", "closed"];
const CHANNELS = ["web_chat", "email"];

type Reads = { rows: number; documentsRead: number };

describe(`the REST API over ${CONVERSATIONS} conversations`, () => {
  let world: World;
  let tenant: Tenant;
  let caller: { keyHash: string; address: null };

  beforeAll(async () => {
    ({ world, tenant } = IS_LONG ? await keptWorld() : await newWorld());
    caller = { keyHash: await sha256Hex(tenant.key), address: null };
  }, SEED_TIMEOUT_MS);
  afterAll(() => world?.stop());

  const reads = (run: string, args: Record<string, unknown>) =>
    world.admin<Reads>("scenes:reads", { run, args: { caller, after: null, limit: LIMIT, ...args } });

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
      const { body } = await world.call({ path: "/conversations", query, key: tenant.key });
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

/** The rows of an earlier run, when they are those that this one would make; else new ones, kept for the next. */
async function keptWorld(): Promise<{ world: World; tenant: Tenant }> {
  const sources = ["convex/schema.ts", "tests/rest/scale.embedded.test.ts"].map((file) =>
    readFileSync(path.join(REPOSITORY, file)),
  );
  const name = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16);
  const dataDir = path.join(REPOSITORY, "node_modules/.cache/praxtalk", `conversations-${name}`);
  // Written last, so that a folder without it is one that was never finished.
  const tenantFile = path.join(dataDir, "tenant.json");
  if (existsSync(tenantFile)) {
    const tenant = JSON.parse(readFileSync(tenantFile, "utf8")) as Tenant;
    return { world: await World.start({ dataDir }), tenant };
  }
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const made = await newWorld(dataDir);
  writeFileSync(tenantFile, JSON.stringify(made.tenant));
  return made;
}

async function newWorld(dataDir?: string): Promise<{ world: World; tenant: Tenant }> {
  const world = await World.start({ dataDir });
  const tenant = await world.makeTenant("Scale");
  await importConversations(world, tenant);
  return { world, tenant };
}

async function importConversations(world: World, tenant: Tenant): Promise<void> {
  const { workspaceId, brandId } = tenant;
  const visitor = { workspaceId, brandId, keyHash: "0", firstSeenAt: 0, lastSeenAt: 0 };
  const [visitorId = ""] = await world.insert("visitors", visitor);
  const folder = mkdtempSync(path.join(tmpdir(), "praxtalk-scale-"));
  const file = path.join(folder, "conversations.jsonl");
  await pipeline(Readable.from(lines(tenant, visitorId)), createWriteStream(file));
  const imported = await world.cli(["import", "--table", "conversations", "--append", "-y", file]);
  rmSync(folder, { recursive: true });
  expect(imported.code, imported.output).toBe(0);
}

function* lines(tenant: Tenant, visitorId: string): Generator<string> {
  for (let n = 0; n < CONVERSATIONS; n++) {
    yield `${JSON.stringify(conversationRow(tenant, visitorId, n))}\n`;
  }
}

/** Rows as a busy workspace has them: a quarter of each status, half of each channel, a third assigned. */
function conversationRow(
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
