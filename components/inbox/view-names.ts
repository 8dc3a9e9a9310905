import type { Assignee, Brand } from "@/components/hooks/rows";
import { NAMED_VIEWS, isSameView, type InboxView } from "@/components/shell/inbox-view";
import { STATUS_LOOK } from "@/components/ui/status-label";
import { CHANNEL_LOOK } from "./channel";

export type Names = { brands: readonly Brand[]; assignees: readonly Assignee[] };

/** What a view is called: what sets it apart, then what else it is. */
export function viewTitle(view: InboxView, { brands, assignees }: Names): { title: string; rest: string[] } {
  const named = NAMED_VIEWS.find((each) => isSameView(each.view, { ...view, brandId: null }))?.name;
  const narrowed = narrowingName(view, assignees);
  const brand = brands.find((each) => each._id === view.brandId)?.name;
  const parts = [brand, named ?? narrowed, named === undefined ? STATUS_LOOK[view.status].word : undefined];
  const [title = STATUS_LOOK[view.status].word, ...rest] = parts.filter((part) => part !== undefined);
  return { title, rest };
}

function narrowingName({ narrowing }: InboxView, assignees: readonly Assignee[]): string | undefined {
  switch (narrowing?.by) {
    case undefined:
      return undefined;
    case "waiting":
      return "Waiting";
    case "channel":
      return CHANNEL_LOOK[narrowing.channel].word;
    case "tag":
      return narrowing.tag;
    case "assignee":
      if (narrowing.assignee === null) return "Unassigned";
      if (narrowing.assignee === "me") return "Mine";
      return assigneeName(assignees, narrowing.assignee);
  }
}

/** The name of who has a conversation. */
export function assigneeName(assignees: readonly Assignee[], operatorId: string): string {
  return assignees.find(({ _id }) => _id === operatorId)?.name ?? "Former operator";
}
