import { describe, expect, it } from "vitest";
import { announcementsOf, heardOf, type News } from "@/components/announce/announcements";
import type { ConversationRow } from "@/components/hooks/rows";
import type { NotificationRow } from "@/convex/validators";
import { conversationRow } from "../inbox/rows";

const HEARD = { messagesUpTo: 100, noticesUpTo: 100 };
const ME = { operatorId: "ada", inView: new Set<string>() };

/** A conversation whose newest message came at that time. */
function message(id: string, at: number, fields: Partial<ConversationRow> = {}) {
  const lastMessage = { preview: `Hello at ${at}`, role: "visitor" as const, at };
  return conversationRow(id, { lastMessage, ...fields });
}

const of = (operatorId: string) => ({
  assignedOperatorId: operatorId as NonNullable<ConversationRow["assignedOperatorId"]>,
});

function notice(id: string, createdAt: number, fields: Partial<NotificationRow> = {}): NotificationRow {
  const shown = { kind: "mention" as const, severity: "info" as const, title: "Bo mentioned you" };
  const _id = `n${id}` as NotificationRow["_id"];
  return { _id, ...shown, link: `/app?conversation=${id}`, createdAt, ...fields };
}

const news = (conversations: ConversationRow[], notices: NotificationRow[] = []): News => ({
  conversations,
  notices,
});
const idsOf = (given: News, listener = ME) =>
  announcementsOf(given, HEARD, listener).map(({ conversationId }) => conversationId);

describe("what is announced", () => {
  it("is a visitor's message since, in a conversation of mine or nobody's, oldest first", () => {
    const given = news([
      message("new", 102),
      message("mine", 101, of("ada")),
      message("bo's", 103, of("bo")),
      message("heard", 100),
      message("empty", 104, { lastMessage: null }),
    ]);
    expect(idsOf(given)).toEqual(["mine", "new"]);
    expect(announcementsOf(given, HEARD, ME)[1]).toEqual({
      conversationId: "new",
      title: "Hannah Weiss",
      body: "Hello at 102",
      link: "/app?conversation=new",
    });
  });

  it("is no answer of ours", () => {
    for (const role of ["operator", "atlas", "system"] as const) {
      expect(idsOf(news([message("a", 101, { lastMessage: { preview: "", role, at: 101 } })]))).toEqual([]);
    }
  });

  it("is a notice that leads to a conversation, unread and since", () => {
    const given = news(
      [],
      [
        notice("a", 103),
        notice("b", 102, { kind: "conversation_assigned" }),
        notice("c", 101, { readAt: 101 }),
        notice("d", 100),
        notice("e", 101, { kind: "webhook_failed", link: "/app/integrations" }),
        notice("f", 101, { link: undefined }),
      ],
    );
    expect(idsOf(given)).toEqual(["b", "a"]);
  });

  it("is one for a conversation, the newest", () => {
    const given = news([message("a", 101)], [notice("a", 102), notice("b", 103)]);
    expect(announcementsOf(given, HEARD, ME).map(({ title }) => title)).toEqual([
      "Bo mentioned you",
      "Bo mentioned you",
    ]);
    expect(idsOf(given)).toEqual(["a", "b"]);
  });

  it("is nothing of what somebody has in view", () => {
    const inView = new Set(["a"]);
    expect(idsOf(news([message("a", 101), message("b", 102)]), { ...ME, inView })).toEqual(["b"]);
  });

  it("begins with what comes after the first look, and is announced once", () => {
    const first = news([message("a", 50)], [notice("a", 60)]);
    const heard = heardOf(first);
    expect(announcementsOf(first, heard, ME)).toEqual([]);
    const next = { ...first, conversations: [message("a", 70)] };
    expect(announcementsOf(next, heard, ME)).toHaveLength(1);
    expect(announcementsOf(next, heardOf(next, heard), ME)).toEqual([]);
    // A conversation that goes from the list takes nothing back.
    expect(heardOf(news([]), heard)).toEqual(heard);
  });
});
