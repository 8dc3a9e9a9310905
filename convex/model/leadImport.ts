/** Leads from a file, a batch of its rows at a time. A batch that is sent again makes no lead twice. */
import { readError } from "../../lib/errors";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { leadStatus } from "../validators";
import type { LeadStatus } from "../validators";
import type { DuplicateRule, ImportResult, ImportRow } from "../validators/leads";
import { findSamePerson } from "./leadDuplicates";
import { checkLeadFields, createLead, updateLead } from "./leads";
import type { LeadFields } from "./leads";

const STATUSES = leadStatus.members.map(({ value }) => value);

export type Import = {
  importId: string; // made by the client for the whole file
  brand: Doc<"brands">;
  duplicates: DuplicateRule;
  createdBy: Id<"operators">;
  now: number;
};

type Checked = { fields: LeadFields; status: LeadStatus | undefined };

/** What became of each row, in their order. A row that cannot be stored is refused and holds up no other. */
export async function importRows(
  ctx: MutationCtx,
  rows: ImportRow[],
  settings: Import,
): Promise<ImportResult[]> {
  const results: ImportResult[] = [];
  for (const row of rows) {
    const checked = checkRow(row);
    if ("reason" in checked) results.push({ line: row.line, outcome: "refused", reason: checked.reason });
    else results.push({ line: row.line, outcome: await importRow(ctx, row.line, checked, settings) });
  }
  return results;
}

function checkRow({ name, email, phone, notes, status }: ImportRow): Checked | { reason: string } {
  try {
    return {
      fields: checkLeadFields({ name, email: filled(email), phone: filled(phone), notes: filled(notes) }),
      status: parseStatus(filled(status)),
    };
  } catch (error) {
    const known = readError(error);
    if (known === null) throw error;
    return { reason: known.message };
  }
}

/** An empty cell says nothing. */
const filled = (text: string | undefined): string | undefined => (text?.trim() === "" ? undefined : text);

function parseStatus(text: string | undefined): LeadStatus | undefined {
  if (text === undefined) return undefined;
  const wanted = text.trim().toLowerCase();
  const status = STATUSES.find((each) => each === wanted);
  if (status === undefined) {
    throw refusal("VALIDATION", `The status must be one of ${STATUSES.join(", ")}.`, { field: "status" });
  }
  return status;
}

async function importRow(
  ctx: MutationCtx,
  line: number,
  { fields, status }: Checked,
  { importId, brand, duplicates, createdBy, now }: Import,
): Promise<"created" | "updated" | "skipped"> {
  const importKey = `${importId}:${line}`;
  const made = await ctx.db
    .query("leads")
    .withIndex("by_workspace_and_import_key", (q) =>
      q.eq("workspaceId", brand.workspaceId).eq("importKey", importKey),
    )
    .first();
  if (made !== null) return "created";
  const same = duplicates === "create" ? null : await findSamePerson(ctx.db, brand, fields);
  if (same === null) {
    await createLead(ctx, { ...fields, status, brand, conversation: null, importKey, createdBy, now });
    return "created";
  }
  if (duplicates === "skip") return "skipped";
  await updateLead(ctx, same, { changes: fields, status, now });
  return "updated";
}
