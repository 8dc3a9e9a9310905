import { describe, expect, it } from "vitest";
import { decisionNews } from "@/components/inbox/decision-news";
import { viewTitle } from "@/components/inbox/view-names";
import type { Assignee, Brand } from "@/components/hooks/rows";
import { OPEN_VIEW, isSameView, paramsOf, viewOf, type InboxView } from "@/components/shell/inbox-view";

const assignees: Assignee[] = [{ _id: "o1" as Assignee["_id"], name: "Grace Hopper", brandAccess: "all" }];
const brands = [{ _id: "b1", name: "Kettle Row" }] as Brand[];
const view = (fields: Partial<InboxView>): InboxView => ({ ...OPEN_VIEW, ...fields });

describe("a view", () => {
  it("goes through the address and back, whatever narrows it", () => {
    const views = [
      OPEN_VIEW,
      view({ status: "closed", brandId: "b1", sort: "newest" }),
      view({ narrowing: { by: "assignee", assignee: "me" } }),
      view({ narrowing: { by: "assignee", assignee: null } }),
      view({ narrowing: { by: "assignee", assignee: "o1" } }),
      view({ narrowing: { by: "waiting" } }),
      view({ narrowing: { by: "channel", channel: "email" } }),
      view({ narrowing: { by: "tag", tag: "vip kunde" } }),
    ];
    for (const each of views) expect(viewOf(paramsOf(each))).toEqual(each);
  });

  it("is narrowed by one thing alone when an address names more", () => {
    const params = { ...paramsOf(OPEN_VIEW), assignee: "me", channel: "sms" as const, tag: "vip" };
    expect(viewOf(params).narrowing).toEqual({ by: "assignee", assignee: "me" });
  });

  it("is called by what sets it apart", () => {
    const title = (fields: Partial<InboxView>) => viewTitle(view(fields), { brands, assignees });
    expect(title({})).toEqual({ title: "All open", rest: [] });
    expect(title({ brandId: "b1" })).toEqual({ title: "Kettle Row", rest: ["All open"] });
    expect(title({ narrowing: { by: "assignee", assignee: "me" } }).title).toBe("Mine");
    expect(title({ status: "closed", narrowing: { by: "tag", tag: "vip" } })).toEqual({
      title: "vip",
      rest: ["Closed"],
    });
    expect(title({ narrowing: { by: "assignee", assignee: "o1" } }).title).toBe("Grace Hopper");
    expect(title({ narrowing: { by: "assignee", assignee: "gone" } }).title).toBe("Former operator");
  });

  it("is the same in any order, and another with another brand", () => {
    expect(isSameView(OPEN_VIEW, view({ sort: "newest" }))).toBe(true);
    expect(isSameView(OPEN_VIEW, view({ brandId: "b1" }))).toBe(false);
  });
});

describe("the news of a decision", () => {
  it("says what it means for one, and how many there are", () => {
    const told = { who: "Hannah", assignee: "Grace Hopper", until: "Monday" };
    const closed = { kind: "status", status: "closed" } as const;
    expect(decisionNews(closed, 1, told)).toBe("Closed. Hannah can still reply.");
    expect(decisionNews(closed, 3, told)).toBe("3 conversations: closed.");
    expect(decisionNews({ kind: "assign", operatorId: "o1" }, 2, told)).toBe(
      "2 conversations: assigned to Grace Hopper.",
    );
    expect(decisionNews({ kind: "assign", operatorId: null }, 1, { who: "Hannah" })).toBe(
      "Assigned to nobody.",
    );
    expect(decisionNews({ kind: "snooze", until: 0 }, 1, told)).toBe("Snoozed until Monday.");
  });
});
