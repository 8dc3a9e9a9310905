import { describe, expect, it } from "vitest";
import {
  matchingColleagues,
  matchingReplies,
  mentionedIn,
  mentionParts,
  typedBehind,
} from "@/components/inbox/completion";

describe("typedBehind", () => {
  it.each([
    ["/", "", 0],
    ["Hello /re", "re", 6],
    ["line\n/x", "x", 5],
  ])("%j is typed behind a slash", (text, query, start) => {
    expect(typedBehind("/", text, text.length)).toEqual({ query, start });
  });

  it.each(["and/or", "/a b", "https://x", "/support/x", ""])("%j is not", (text) => {
    expect(typedBehind("/", text, text.length)).toBeNull();
  });

  it("looks no further than the caret", () => {
    expect(typedBehind("@", "Ask @gr and more", 7)).toEqual({ query: "gr", start: 4 });
    expect(typedBehind("@", "mail me@home", 12)).toBeNull();
  });
});

describe("matchingReplies", () => {
  const replies = [
    { _id: "1", title: "Opening hours", body: "We return at nine.", shortcut: null },
    { _id: "2", title: "Returns", body: "Hi {{visitor.name|there}}", shortcut: "back" },
    { _id: "3", title: "Other", body: "x", shortcut: "return" },
  ];

  it("puts the shortcut before the title and the title before the text", () => {
    expect(matchingReplies(replies, "RETURN", {}).map(({ id }) => id)).toEqual(["3", "2", "1"]);
    expect(matchingReplies(replies, "nothing", {})).toEqual([]);
  });

  it("writes the text with its variables", () => {
    expect(matchingReplies(replies, "back", { "visitor.name": "Maya" })[0]?.insert).toBe("Hi Maya");
  });
});

describe("mentions", () => {
  const team = [
    { _id: "a", name: "Ann", email: "ann@x.test" },
    { _id: "l", name: "Ann Lee", email: "lee@x.test" },
    { _id: "t", name: "Tomás Rey", email: "tr@x.test" },
  ];

  it("are found by any of a colleague's names, or by the address", () => {
    expect(matchingColleagues(team, "le").map(({ id }) => id)).toEqual(["l"]);
    expect(matchingColleagues(team, "tr").map(({ insert }) => insert)).toEqual(["@Tomás Rey "]);
  });

  it("name whom the text names, the longer of two names that begin alike", () => {
    expect(mentionedIn("@Ann Lee and @Tomás Rey, look", team)).toEqual(["l", "t"]);
    expect(mentionedIn("@Ann, look", team)).toEqual(["a"]);
    expect(mentionedIn("@Anna and Tomás Rey", team)).toEqual([]);
  });

  it("are marked in the text, of which nothing is lost", () => {
    const parts = mentionParts("Hi @Ann, see a@b", ["Ann"]);
    expect(parts).toEqual([
      { text: "Hi ", isMention: false },
      { text: "@Ann", isMention: true },
      { text: ", see a@b", isMention: false },
    ]);
  });
});
