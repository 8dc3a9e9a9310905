import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useRef, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "@/components/hooks/use-outbox";
import { Composer } from "@/components/inbox/composer";
import { matchingColleagues, matchingReplies } from "@/components/inbox/completion";
import type { CompletionSource } from "@/components/inbox/composer-field";
import { EMPTY_DRAFT } from "@/components/inbox/drafts";
import { KeysProvider } from "@/components/keys/keys-provider";

afterEach(cleanup);

type HarnessProps = {
  onSend: (body: string, internal: boolean) => void;
  onLeave?: () => void;
  doubt?: string | null;
  refusal?: Refusal;
};

const REPLIES = [
  { _id: "1", title: "Returns", body: "Send it back, {{visitor.name|you}}.", shortcut: "ret" },
  { _id: "2", title: "Invoice", body: "It goes to {{visitor.email}}.", shortcut: null },
];
const SOURCES: { reply: CompletionSource[]; note: CompletionSource[] } = {
  reply: [{ mark: "/", label: "Saved replies", match: (query) => matchingReplies(REPLIES, query, {}) }],
  note: [
    {
      mark: "@",
      label: "Colleagues",
      match: (query) =>
        matchingColleagues([{ _id: "g", name: "Grace Hopper", email: "grace@acme.test" }], query),
    },
  ],
};

function Harness({ onSend, onLeave = vi.fn(), doubt = null, refusal }: HarnessProps) {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [open, setOpen] = useState(refusal);
  return (
    <KeysProvider>
      <Composer
        field={useRef(null)}
        address="to Hannah, by web chat"
        draft={draft}
        onDraft={setDraft}
        onLeave={onLeave}
        onSend={onSend}
        sources={SOURCES}
        doubt={doubt}
        onReadFirst={() => undefined}
        refusal={open}
        onTakenBack={() => setOpen(undefined)}
      />
    </KeysProvider>
  );
}

const field = (name = "Reply") => screen.getByRole<HTMLTextAreaElement>("textbox", { name });
const type = (text: string, name?: string) => fireEvent.change(field(name), { target: { value: text } });

describe("Composer", () => {
  it("sends on the button and on mod+Enter, trimmed, and empties the box", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    type("  Hello \n");
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(onSend).toHaveBeenLastCalledWith("Hello", false);
    expect(field().value).toBe("");
    type("Again");
    fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true });
    expect(onSend).toHaveBeenLastCalledWith("Again", false);
    expect(onSend).toHaveBeenCalledTimes(2);
  });

  it("keeps a plain Enter as a line break", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    type("Hello");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(onSend).not.toHaveBeenCalled();
  });

  it.each([
    ["blank", "  \n ", "Write a message first."],
    ["too long", "x".repeat(100_000), "too long"],
    ["with control characters", "a\u0007b", "cannot be sent"],
  ])("refuses a message that is %s, says why, keeps the text", (_kind, text, reason) => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    type(text);
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(onSend).not.toHaveBeenCalled();
    expect(field().value).toBe(text);
    expect(screen.getByText(reason, { exact: false })).toBeTruthy();
    expect(field().getAttribute("aria-invalid")).toBe("true");
    type(`${text}!`);
    expect(screen.queryByText(reason, { exact: false })).toBeNull();
  });

  it("writes a note on N, and says that only the team sees it", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    fireEvent.keyDown(document.body, { key: "n" });
    expect(screen.getByText("only your team sees this")).toBeTruthy();
    type("Ask Tomás", "Internal note");
    fireEvent.click(screen.getByRole("button", { name: "Add note" }));
    expect(onSend).toHaveBeenCalledWith("Ask Tomás", true);
  });

  it("keeps reply and note apart", () => {
    render(<Harness onSend={() => undefined} />);
    type("For Hannah");
    fireEvent.keyDown(document.body, { key: "n" });
    expect(field("Internal note").value).toBe("");
    fireEvent.keyDown(document.body, { key: "r" });
    expect(field().value).toBe("For Hannah");
  });

  it("takes back what the server refused, with its reason", () => {
    const entry = { clientMessageId: "k", conversationId: "c", body: "Refused text", internal: false, at: 0 };
    render(<Harness onSend={() => undefined} refusal={{ entry, reason: "Not today." }} />);
    expect(field().value).toBe("Refused text");
    expect(screen.getByText("Not today.")).toBeTruthy();
  });

  const options = () => screen.queryAllByRole("option").map((option) => option.textContent);
  const active = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "none");

  it("offers saved replies behind a slash, by the keyboard alone", () => {
    render(<Harness onSend={vi.fn()} />);
    type("Hello /");
    expect(options()).toHaveLength(2);
    expect(active()?.textContent).toContain("Returns");
    fireEvent.keyDown(field(), { key: "ArrowDown" });
    expect(active()?.textContent).toContain("Invoice");
    fireEvent.keyDown(field(), { key: "ArrowDown" });
    expect(active()?.textContent).toContain("Returns");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(field().value).toBe("Hello Send it back, you.");
    expect(options()).toEqual([]);
  });

  it("narrows the offer by what is typed, and puts it away on Escape until another slash", () => {
    render(<Harness onSend={vi.fn()} />);
    type("/inv");
    expect(options()).toEqual(["InvoiceIt goes to {{visitor.email}}."]);
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(options()).toEqual([]);
    type("/invo");
    expect(options()).toEqual([]);
    type("/invo and /ret");
    expect(options()).toHaveLength(1);
    type("and/or");
    expect(options()).toEqual([]);
  });

  it("never sends a variable raw: it says which has no value, and selects it", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    type("/inv");
    fireEvent.keyDown(field(), { key: "Tab" });
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(onSend).not.toHaveBeenCalled();
    expect(screen.getByText(/visitor\.email.* has no value here/)).toBeTruthy();
    expect(field().value.slice(field().selectionStart, field().selectionEnd)).toBe("{{visitor.email}}");
  });

  it("offers colleagues behind an @ in notes alone", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} />);
    type("@gr");
    expect(options()).toEqual([]);
    fireEvent.keyDown(document.body, { key: "n" });
    type("Ask @hop", "Internal note");
    fireEvent.click(screen.getByRole("option"));
    expect(field("Internal note").value).toBe("Ask @Grace Hopper ");
  });

  it("asks once before a reply that may be one too many; a note goes out", () => {
    const onSend = vi.fn();
    render(<Harness onSend={onSend} doubt="Bo answered at 14:05." />);
    type("Mine");
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(onSend).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("Bo answered at 14:05.");
    fireEvent.click(screen.getByRole("button", { name: "Read first" }));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(field().value).toBe("Mine");
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    fireEvent.click(screen.getByRole("button", { name: "Send anyway" }));
    expect(onSend).toHaveBeenCalledWith("Mine", false);
    fireEvent.keyDown(document.body, { key: "n" });
    type("A note", "Internal note");
    fireEvent.click(screen.getByRole("button", { name: "Add note" }));
    expect(onSend).toHaveBeenLastCalledWith("A note", true);
  });
});
