import { CircleCheck, CircleDashed, CircleDot, CircleX, FileText, type LucideIcon } from "lucide-react";
import type { LeadStatus } from "@/convex/validators/leads";
import type { BadgeKind } from "@/components/ui/badge";

type Look = { word: string; kind: BadgeKind; Icon: LucideIcon };

/** How far a lead is, as word and icon; the tint comes third. */
export const LEAD_LOOK: Record<LeadStatus, Look> = {
  new: { word: "New", kind: "plain", Icon: CircleDashed },
  contacted: { word: "Contacted", kind: "info", Icon: CircleDot },
  qualified: { word: "Qualified", kind: "warn", Icon: FileText },
  won: { word: "Won", kind: "ok", Icon: CircleCheck },
  lost: { word: "Lost", kind: "plain", Icon: CircleX },
};

/** In the order in which a lead goes through them. */
export const LEAD_STATUSES = [
  "new",
  "contacted",
  "qualified",
  "won",
  "lost",
] as const satisfies readonly LeadStatus[];

/** "1 lead", "3 leads". */
export const leadCount = (count: number): string => (count === 1 ? "1 lead" : `${count} leads`);
