// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { createWorkspace } from "../../../convex/model/workspaces";
import { sha256Hex } from "../../../convex/logic/tokens";
import { convexTestApp } from "../../helpers/convex-test";

const sessionToken = "5".repeat(64);
const HOUR = 60 * 60 * 1000;
const widgetId = "ws_0011223344556677";

async function deployment() {
  const t = convexTestApp();
  const tokenHash = await sha256Hex(sessionToken);
  const brandId = await t.run(async (ctx) => {
    const now = Date.now();
    const person = { name: "Ada", email: "ada@acme.test", passwordHash: "$scrypt$ln=17,r=8,p=1$AAAA$AAAA" };
    const { workspaceId, owner, brandId } = await createWorkspace(ctx, {
      name: "Acme",
      owner: person,
      widgetId,
      now,
    });
    const session = { scope: "session", operatorId: owner._id, workspaceId, tokenHash } as const;
    await ctx.db.insert("sessions", { ...session, expiresAt: now + HOUR, createdAt: now });
    return brandId;
  });
  return { t, brandId };
}

const gif = new TextEncoder().encode("GIF89a").buffer;

describe("the files of logos", () => {
  it("go with what they were for, and with what was refused", async () => {
    const { t, brandId } = await deployment();
    const files = () => t.run((ctx) => ctx.db.system.query("_storage").collect());
    const upload = (id: string, file = gif) =>
      t.action(api.brands.uploadLogo, { sessionToken, brandId: id, file });
    await upload(brandId);
    await upload(brandId);
    expect(await files()).toHaveLength(1);
    await expect(upload(brandId, new ArrayBuffer(4))).rejects.toMatchObject({ data: { code: "VALIDATION" } });
    expect(await files()).toHaveLength(1);
    await t.mutation(api.brands.update, { sessionToken, brandId, avatarUrl: null });
    expect(await files()).toEqual([]);

    const other = await t.action(api.brands.create, { sessionToken, name: "Other" });
    await upload(other.brandId);
    expect(await files()).toHaveLength(1);
    await t.mutation(api.brands.remove, { sessionToken, brandId: other.brandId });
    expect(await files()).toEqual([]);
  });
});

describe("a sighting of a widget", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => vi.useRealTimers());

  it("that many requests bring at once is written by one of them", async () => {
    const { t } = await deployment();
    const record = () =>
      t.mutation(internal.widgets.recordSighting, { widgetId, origin: "https://shop.test" });
    const seenAt = async () =>
      (await t.run((ctx) => ctx.db.query("widgetSightings").collect())).map((row) => row.seenAt);
    const start = Date.now();
    await record();
    vi.setSystemTime(start + 59_999);
    await record();
    expect(await seenAt()).toEqual([start]);
    vi.setSystemTime(start + 60_000);
    await record();
    expect(await seenAt()).toEqual([start + 60_000]);
  });
});
