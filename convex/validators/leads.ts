/** Shapes of leads' lists, remarks and imports. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const leadStatus = v.union(
  v.literal("new"),
  v.literal("contacted"),
  v.literal("qualified"),
  v.literal("won"),
  v.literal("lost"),
);
export type LeadStatus = Infer<typeof leadStatus>;

/** What a list of leads is narrowed to. */
export const leadFilterArgs = {
  status: v.optional(leadStatus), // all
  assignee: v.optional(v.union(v.string(), v.null())), // an operator's id; null: nobody's
  brandId: v.optional(v.string()),
};

/** What a list of leads that comes all at once is narrowed to. */
export const leadListArgs = {
  status: v.optional(leadStatus), // all
  brandId: v.optional(v.string()),
  limit: v.optional(v.number()), // 100, at most 500
};

/** The newest remark as a row of the list shows it. */
export const latestRemark = v.object({
  preview: v.string(), // one line
  operatorName: v.string(),
  createdAt: v.number(),
});

export const remarkRow = v.object({
  _id: v.id("leadRemarks"),
  leadId: v.id("leads"),
  operatorId: v.id("operators"),
  operatorName: v.string(),
  body: v.string(),
  createdAt: v.number(),
  updatedAt: v.optional(v.number()), // absent: as it was written
  mayEdit: v.boolean(), // whether who asks may change and delete it
});
export type RemarkRow = Infer<typeof remarkRow>;

/** What an import does with a row whose email or phone a lead of the brand has already. */
export const duplicateRule = v.union(v.literal("skip"), v.literal("update"), v.literal("create"));
export type DuplicateRule = Infer<typeof duplicateRule>;

/** A row of an import, as the file has it. */
export const importRow = v.object({
  line: v.number(), // of the file, from 1: what makes a row known when its batch is sent again
  name: v.string(),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  notes: v.optional(v.string()),
  status: v.optional(v.string()),
});
export type ImportRow = Infer<typeof importRow>;

/** What became of a row of an import. */
export const importResult = v.object({
  line: v.number(),
  outcome: v.union(
    v.literal("created"),
    v.literal("updated"),
    v.literal("skipped"), // a lead has its email or phone
    v.literal("refused"),
  ),
  reason: v.optional(v.string()), // of a refusal
});
export type ImportResult = Infer<typeof importResult>;
