/**
 * Who may what, written down by hand: nothing here is derived from the code that it judges.
 *
 * "ok": done, or shown. "no": refused as FORBIDDEN, since the caller may know of it. "--": as if it did not exist, refused
 * as NOT_FOUND or answered with nothing. "out": refused as UNAUTHENTICATED.
 */
export type Outcome = "ok" | "no" | "--" | "out";

/** Whose row the call is about: one of a brand that limited callers work for, of another brand, of another workspace. */
export const SIDES = ["own", "other", "foreign"] as const;
export type Side = (typeof SIDES)[number];

/** Brand admin, brand agent and both tokens are limited to the own brand; the tokens act for the owner. */
export const CALLERS = [
  "owner",
  "admin",
  "agent",
  "brand admin",
  "brand agent",
  "reading token",
  "replying token",
  "removed operator",
  "owner elsewhere",
] as const;
export type Caller = (typeof CALLERS)[number];

type People = readonly [owner: string, admin: string, agent: string, brandAdmin: string, brandAgent: string];

// Each word is the outcome on a row of the own brand, of another brand, of another workspace.
// prettier-ignore
const ABOUT_ROWS = {
  //          owner       admin       agent       brand admin brand agent
  team:      ["ok ok --", "ok ok --", "ok ok --", "ok -- --", "ok -- --"],
  managers:  ["ok ok --", "ok ok --", "no no no", "ok -- --", "no no no"],
  owners:    ["ok ok --", "no no no", "no no no", "no no no", "no no no"],
  // Changes what a colleague has written for the brand.
  editors:   ["ok ok --", "ok ok --", "no no --", "ok -- --", "no -- --"],
  // Acts on a colleague or an invite, which all of the team may know of, within their own brands.
  superiors: ["ok ok --", "ok ok --", "no no no", "ok no --", "no no no"],
  // The own side is the caller's own row, the other a colleague's.
  holders:   ["ok -- --", "ok -- --", "ok -- --", "ok -- --", "ok -- --"],
  // The same, of what only owners may have.
  regents:   ["ok -- --", "no no no", "no no no", "no no no", "no no no"],
  // The holders', where owners and admins see after those of their brands too.
  keepers:   ["ok ok --", "ok ok --", "ok -- --", "ok -- --", "ok -- --"],
  // The same, of colleagues' alone.
  overseers: ["ok ok --", "ok ok --", "-- -- --", "ok -- --", "-- -- --"],
  // Of what reaches the row's brand and others.
  wideKeepers: ["ok ok --", "ok ok --", "-- -- --", "no no --", "-- -- --"],
} as const satisfies Record<string, People>;

// About the workspace or the caller alone: one outcome.
// prettier-ignore
const ABOUT_NO_ROW = {
  //               owner admin agent brand admin, brand agent
  everyone:       ["ok", "ok", "ok", "ok", "ok"],
  anyManager:     ["ok", "ok", "no", "ok", "no"],
  shownToManager: ["ok", "ok", "--", "ok", "--"],
  // What is of all brands is for those who work for all brands.
  wholeTeam:      ["ok", "ok", "ok", "no", "no"],
  wholeManagers:  ["ok", "ok", "no", "no", "no"],
  wholeOwners:    ["ok", "no", "no", "no", "no"],
} as const satisfies Record<string, People>;

export type RowPolicy = keyof typeof ABOUT_ROWS;
export type Policy = RowPolicy | keyof typeof ABOUT_NO_ROW;

/** What an agent token must be allowed to call the function; none: no token may. */
export type Agents = "read" | "reply" | "none";

export const isAboutRows = (policy: Policy): policy is RowPolicy => policy in ABOUT_ROWS;

/** The outcomes that the policy has for everybody, as words in the order of the sides. */
export function expectedOutcomes(policy: Policy, agents: Agents): Record<Caller, string> {
  const people: People = isAboutRows(policy) ? ABOUT_ROWS[policy] : ABOUT_NO_ROW[policy];
  const each = (outcome: Outcome) => (isAboutRows(policy) ? `${outcome} ${outcome} ${outcome}` : outcome);
  const [owner, admin, agent, brandAdmin, brandAgent] = people;
  return {
    owner,
    admin,
    agent,
    "brand admin": brandAdmin,
    "brand agent": brandAgent,
    "reading token": agents === "read" ? brandAgent : each("no"),
    "replying token": agents === "none" ? each("no") : brandAgent,
    "removed operator": each("out"),
    "owner elsewhere": isAboutRows(policy) ? "-- -- ok" : "ok",
  };
}
