import { describe, expect, it, vi } from "vitest";
import {
  commandsOf,
  filledGroups,
  matchCommands,
  matchReplies,
  stepItem,
} from "@/components/palette/palette-items";

const run = () => undefined;
const bindings = [
  { key: "r", label: "Reply", run },
  { key: "e", label: "Resolve the conversation", run },
  { key: "Enter", label: "Open the conversation" },
  { key: "j", label: "Next conversation", run },
  { key: "g i", label: "Go to inbox", run },
];

describe("commands of a page", () => {
  it("are what its keys do, without steps, going places and what no code runs", () => {
    expect(commandsOf(bindings).map(({ label, end }) => [label, end])).toEqual([
      ["Reply", { key: "r" }],
      ["Resolve the conversation", { key: "e" }],
    ]);
  });

  it("are found by all words of a text, with the words marked", () => {
    const found = (text: string) =>
      matchCommands(commandsOf(bindings), text).map(({ label, hits }) => [
        label,
        hits.map(({ start, end }) => label.slice(start, end)),
      ]);
    expect(found("")).toEqual([
      ["Reply", []],
      ["Resolve the conversation", []],
    ]);
    expect(found("re")).toEqual([
      ["Reply", ["Re"]],
      ["Resolve the conversation", ["Re"]],
    ]);
    expect(found("conversation res")).toEqual([["Resolve the conversation", ["Res", "conversation"]]]);
    expect(found("reply now")).toEqual([]);
  });

  it("run what their key runs", () => {
    const reply = vi.fn();
    matchCommands(commandsOf([{ key: "r", label: "Reply", run: reply }]), "reply")[0]?.run();
    expect(reply).toHaveBeenCalledOnce();
  });
});

describe("saved replies", () => {
  const replies = [
    { _id: "1", title: "How to return a parcel", shortcut: "rma" },
    { _id: "2", title: "Opening hours", shortcut: null },
  ];
  const found = (text: string) =>
    matchReplies(replies, text, run).map(({ label, hits, end }) => [
      label,
      hits.map(({ start, end }) => label.slice(start, end)),
      end,
    ]);

  it("are found by words of title and shortcut, and show the shortcut", () => {
    expect(found("parcel rma")).toEqual([["How to return a parcel", ["parcel"], { word: "/rma" }]]);
    expect(found("opening")).toEqual([["Opening hours", ["Opening"], null]]);
    expect(found("parcel hours")).toEqual([]);
  });
});

describe("the palette's places", () => {
  it("go round", () => {
    expect([stepItem(0, -1, 3), stepItem(2, 1, 3), stepItem(0, 1, 3), stepItem(0, 1, 0)]).toEqual([
      2, 0, 1, 0,
    ]);
  });

  it("leave empty groups out", () => {
    const item = { id: "a", label: "A", hits: [], end: null, run };
    expect(
      filledGroups([
        { name: "None", items: [] },
        { name: "One", items: [item] },
      ]),
    ).toHaveLength(1);
  });
});
