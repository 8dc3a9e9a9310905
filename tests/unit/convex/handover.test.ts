import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../../convex/_generated/dataModel";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const NOW = Date.UTC(2026, 10, 16, 12);

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

async function scene() {
  const t = convexTestApp();
  const { workspaceId, brandId, sessionToken } = await seedWorkspace(t, "acme");
  const secondId = await t.run(async ({ db }) => {
    const { _id, _creationTime, ...brand } = (await db.get("brands", brandId))!;
    return await db.insert("brands", { ...brand, slug: "second", widgetId: "ws_second" });
  });
  const operator = (name: string, brandAccess: Doc<"operators">["brandAccess"] = "all") =>
    t.run(({ db }) =>
      db.insert("operators", {
        ...{ workspaceId, email: `${name}@acme.test`, name, role: "agent" as const },
        ...{ brandAccess, passwordHash: "", createdAt: NOW },
      }),
    );
  const lead = (name: string, owner: Id<"operators">, brand = brandId, removedAt?: number) =>
    t.run(({ db }) =>
      db.insert("leads", {
        ...{ workspaceId, brandId: brand, name, status: "new" as const, assignedOperatorId: owner },
        ...{ createdBy: owner, createdAt: 0, updatedAt: 0, removedAt },
      }),
    );
  const ownerOf = async (leadId: Id<"leads">) =>
    (await t.run(({ db }) => db.get("leads", leadId)))?.assignedOperatorId;
  const rows = <T extends TableNames>(table: T) => t.run(({ db }) => db.query(table).collect());
  const settle = () => t.finishAllScheduledFunctions(vi.runAllTimers);
  return { t, workspaceId, brandId, secondId, sessionToken, operator, lead, ownerOf, rows, settle };
}

describe("leads of an operator", () => {
  it("go to whom was chosen when they leave, to nobody where that one may not see them, in pages", async () => {
    const { t, brandId, secondId, sessionToken, operator, lead, ownerOf, rows, settle } = await scene();
    const [leaving, heir] = [await operator("leaving"), await operator("heir", [brandId])];
    for (let n = 0; n < 105; n++) await lead(`lead ${n}`, leaving);
    const hidden = await lead("of the second brand", leaving, secondId);
    const removed = await lead("removed", leaving, brandId, NOW);
    const removal = { sessionToken, operatorId: leaving, reassignTo: heir };
    await t.mutation(api.operators.remove, removal);
    await settle();
    const owners = (await rows("leads")).map(({ assignedOperatorId }) => assignedOperatorId);
    expect(owners.filter((owner) => owner === heir)).toHaveLength(105);
    expect(await ownerOf(hidden)).toBeUndefined();
    await t.mutation(api.leadDesk.restore, { sessionToken, leadIds: [removed] });
    expect(await ownerOf(removed)).toBeUndefined();
  });

  it("stay with them but for those of a brand that they lose", async () => {
    const { t, brandId, secondId, sessionToken, operator, lead, ownerOf, settle } = await scene();
    const agent = await operator("agent");
    const [kept, lost] = [await lead("kept", agent), await lead("lost", agent, secondId)];
    const access = { sessionToken, operatorId: agent, brandAccess: [brandId] };
    await t.mutation(api.operators.setBrandAccess, access);
    await settle();
    expect([await ownerOf(kept), await ownerOf(lost)]).toEqual([agent, undefined]);
  });
});

it("leaves nobody working for a brand that was removed: operators, invites and agent tokens", async () => {
  const { t, workspaceId, brandId, secondId, sessionToken, operator, rows } = await scene();
  const agent = await operator("agent", [brandId, secondId]);
  const all = await operator("all");
  await t.run(async ({ db }) => {
    await db.insert("invites", {
      ...{ workspaceId, email: "new@acme.test", role: "agent" as const, brandAccess: [secondId] },
      ...{ tokenHash: "", invitedBy: agent, createdAt: NOW, expiresAt: NOW + 1e9 },
    });
    const token = { scope: "agent" as const, operatorId: agent, workspaceId, name: "bot", prefix: "" };
    const access = { access: "read" as const, brands: [secondId, brandId], tokenHash: "token" };
    await db.insert("sessions", { ...token, ...access, expiresAt: NOW + 1e9, createdAt: NOW });
  });
  await t.mutation(api.brands.remove, { sessionToken, brandId: secondId });
  const access = new Map((await rows("operators")).map(({ _id, brandAccess }) => [_id, brandAccess]));
  expect([access.get(agent), access.get(all)]).toEqual([[brandId], "all"]);
  expect((await rows("invites"))[0]?.brandAccess).toEqual([]);
  const tokens = (await rows("sessions")).flatMap((row) => (row.scope === "agent" ? [row.brands] : []));
  expect(tokens).toEqual([[brandId]]);
});

it("leaves no session of a person who was erased", async () => {
  const { t, workspaceId, brandId, sessionToken, rows, settle } = await scene();
  const [gone, kept] = await t.run(async ({ db }) => {
    const made: Id<"visitors">[] = [];
    for (const externalId of ["gone", "kept"]) {
      const of = { workspaceId, brandId };
      const visitorId = await db.insert("visitors", { ...of, externalId, firstSeenAt: 0, lastSeenAt: 0 });
      const session = { ...of, visitorId, keyHash: externalId, expiresAt: NOW + 1e9, isOver: false };
      await db.insert("visitorSessions", session);
      made.push(visitorId);
    }
    return made;
  });
  await t.mutation(api.erasures.start, { sessionToken, visitorIds: [gone!] });
  await settle();
  expect((await rows("visitorSessions")).map(({ visitorId }) => visitorId)).toEqual([kept]);
});
