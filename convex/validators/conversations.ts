/** Arguments of the functions about conversations. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { brandAccess, channel } from "../validators";

/** What narrows a view beside its status: one of these at most. */
export const viewNarrowing = v.union(
  v.object({ by: v.literal("channel"), channel }),
  v.object({
    by: v.literal("assignee"),
    assignee: v.union(v.string(), v.null()), // an operator's id, or "me"; null: nobody
  }),
  v.object({ by: v.literal("tag"), tag: v.string() }),
);
export type ViewNarrowing = Infer<typeof viewNarrowing>;

/** Which conversations of a view, in which order. The default view of the dashboard is `waiting`, then `answered`. */
export const viewPart = v.union(
  v.literal("all"), // newest activity first
  v.literal("waiting"), // a visitor waits for an answer, longest wait first
  v.literal("answered"), // nobody waits, newest activity first
);
export type ViewPart = Infer<typeof viewPart>;

/** An operator as one who can be given conversations. */
export const assigneeRow = v.object({ _id: v.id("operators"), name: v.string(), brandAccess });
export type AssigneeRow = Infer<typeof assigneeRow>;
