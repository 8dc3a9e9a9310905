/** Two brands of a workspace and a foreign one, filled alike, and everybody who may ask for something. */
import { scryptSync } from "node:crypto";
import { formatScryptHash } from "../../../../convex/logic/passwordHash";
import { sha256Hex } from "../../../../convex/logic/tokens";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { MutationCtx } from "../../../../convex/_generated/server";
import type { BrandAccess, OperatorRole } from "../../../../convex/validators";
import { convexTestApp, seedWorkspace } from "../../../helpers/convex-test";
import type { Caller, Side } from "./policies";
import { fillBrand, writeOwn } from "./rows";
import type { Origin } from "./rows";

/** A word in every text of a side's rows: an answer that holds it shows something of that side. */
export const MARKS: Record<Side, string> = { own: "ownmark", other: "othermark", foreign: "foreignmark" };

export type Row = Awaited<ReturnType<typeof fillBrand>>;
export type Scene = Awaited<ReturnType<typeof makeScene>>;

const HOUR = 60 * 60 * 1000;

/** Of a password that nobody types here; weak, so that trying another costs nothing. */
const PASSWORD_HASH = formatScryptHash({
  ...{ logN: 1, r: 8, p: 1, salt: Buffer.alloc(16).toString("base64") },
  hash: scryptSync("correct horse", Buffer.alloc(16), 32, { N: 2 }).toString("base64"),
});

export async function makeScene() {
  const t = convexTestApp();
  const acme = await seedWorkspace(t, "acme");
  const rival = await seedWorkspace(t, "rival");
  const otherBrand = await t.run(async ({ db }) => {
    const { _id, _creationTime, ...brand } = (await db.get("brands", acme.brandId))!;
    const widgetId = "ws_other";
    return { brandId: await db.insert("brands", { ...brand, slug: "other", widgetId }), widgetId };
  });
  const author = { operatorId: acme.operatorId, sessionToken: acme.sessionToken };
  const origins: Record<Side, Origin> = {
    own: { ...acme, author, mark: MARKS.own },
    other: { ...acme, ...otherBrand, author, mark: MARKS.other },
    foreign: { ...rival, author: rival, mark: MARKS.foreign },
  };
  const rows = {
    own: await fillBrand(t, origins.own),
    other: await fillBrand(t, origins.other),
    foreign: await fillBrand(t, origins.foreign),
  };
  const callers = await makeCallers(t, rows);
  return {
    t,
    tokenOf: (caller: Caller): string => callers[caller].sessionToken,
    /** The row of that side, as the caller is to ask for it: at home, what is one person's alone is the caller's. */
    rowFor: (caller: Caller, side: Side): Row => ({
      ...rows[side],
      ...(side === homeOf(caller) ? callers[caller].own : {}),
    }),
  };
}

/** Where the caller belongs. */
export const homeOf = (caller: Caller): Side => (caller === "owner elsewhere" ? "foreign" : "own");

const PEOPLE: Partial<Record<Caller, { role: OperatorRole; isLimited?: boolean }>> = {
  owner: { role: "owner" },
  admin: { role: "admin" },
  agent: { role: "agent" },
  "brand admin": { role: "admin", isLimited: true },
  "brand agent": { role: "agent", isLimited: true },
  "removed operator": { role: "owner" },
};

type App = ReturnType<typeof convexTestApp>;
type Rows = Record<Side, Row>;
type Person = { sessionToken: string; own: Awaited<ReturnType<typeof writeOwn>> };

async function makeCallers(t: App, rows: Rows): Promise<Record<Caller, Person>> {
  const { workspaceId, brandId, author } = rows.own;
  const people = new Map<string, Person>();
  for (const [caller, { role, isLimited }] of Object.entries(PEOPLE)) {
    const brandAccess = isLimited ? [brandId] : ("all" as const);
    people.set(caller, await makePerson(t, caller, { workspaceId, role, brandAccess }, rows));
  }
  const own = people.get("owner")!.own;
  for (const [caller, access] of [
    ["reading token", "read"],
    ["replying token", "reply"],
  ] as const) {
    await t.run(async ({ db }) => {
      await db.insert("sessions", {
        ...{ scope: "agent", workspaceId, operatorId: author.operatorId, name: "Script", prefix: "pta_" },
        ...{ access, brands: [brandId], tokenHash: await sha256Hex(caller), createdAt: Date.now() },
        expiresAt: Date.now() + HOUR,
      });
    });
    people.set(caller, { sessionToken: caller, own });
  }
  people.set("owner elsewhere", await dressStranger(t, rows.foreign));
  await t.run(async ({ db }) => {
    const { notificationId } = people.get("removed operator")!.own;
    await db.delete("operators", (await db.get("notifications", notificationId))!.operatorId);
  });
  return Object.fromEntries(people) as Record<Caller, Person>;
}

/** The owner of the foreign workspace, with what everybody has. */
async function dressStranger(t: App, row: Row): Promise<Person> {
  const { workspaceId, author } = row;
  const { operatorId, sessionToken } = author;
  return await t.run(async ({ db, storage }) => {
    await db.patch("operators", operatorId, { passwordHash: PASSWORD_HASH });
    await writeDraft({ db }, operatorId, row);
    return {
      sessionToken,
      own: await writeOwn({ db, storage }, { workspaceId, operatorId }, "owner elsewhere"),
    };
  });
}

async function writeDraft({ db }: Pick<MutationCtx, "db">, operatorId: Id<"operators">, row: Row) {
  const { workspaceId, brandId, conversationId, mark } = row;
  const draft = { mode: "reply", reply: `Draft ${mark}`, note: "", updatedAt: Date.now() } as const;
  await db.insert("messageDrafts", { workspaceId, operatorId, brandId, conversationId, ...draft });
}

async function makePerson(
  t: App,
  caller: string,
  fields: { workspaceId: Id<"workspaces">; role: OperatorRole; brandAccess: BrandAccess },
  { own: row, other }: Rows,
): Promise<Person> {
  return await t.run(async ({ db, storage }) => {
    const now = Date.now();
    const operatorId = await db.insert("operators", {
      ...{
        ...fields,
        email: `${caller}@acme.test`,
        name: caller,
        passwordHash: PASSWORD_HASH,
        createdAt: now,
      },
    });
    const { workspaceId } = fields;
    // Whoever lost a brand has their draft in it still.
    for (const each of [row, other]) await writeDraft({ db }, operatorId, each);
    await db.insert("sessions", {
      ...{ scope: "session", workspaceId, operatorId, tokenHash: await sha256Hex(caller), createdAt: now },
      expiresAt: now + HOUR,
    });
    return {
      sessionToken: caller,
      own: await writeOwn({ db, storage }, { workspaceId, operatorId }, caller),
    };
  });
}

/** The sides of which an answer holds a text. */
export function sidesIn(answer: unknown): Side[] {
  const text = JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return (Object.keys(MARKS) as Side[]).filter((side) => text.includes(MARKS[side]));
}
