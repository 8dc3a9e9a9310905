import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "@/components/hooks/use-outbox";
import { Composer } from "@/components/inbox/composer";
import { EMPTY_DRAFT } from "@/components/inbox/drafts";
import { KeysProvider } from "@/components/keys/keys-provider";

afterEach(cleanup);

type HarnessProps = {
  onSend: (body: string, internal: boolean) => void;
  onLeave?: () => void;
  refusal?: Refusal;
};

function Harness({ onSend, onLeave = vi.fn(), refusal }: HarnessProps) {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [open, setOpen] = useState(refusal);
  return (
    <KeysProvider>
      <Composer
        address="to Hannah, by web chat"
        draft={draft}
        onDraft={setDraft}
        onLeave={onLeave}
        onSend={onSend}
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
});
