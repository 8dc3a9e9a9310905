import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useMemo } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { KeysProvider, useKeys } from "@/components/keys/keys-provider";

afterEach(cleanup);

function Offer({ name, run }: { name: string; run: () => void }) {
  useKeys(useMemo(() => [{ key: name, label: `Do ${name}`, run }], [name, run]));
  return <input aria-label="Text" />;
}

describe("KeysProvider", () => {
  it("runs a key once, and not from inside a text field", () => {
    const run = vi.fn();
    render(
      <KeysProvider>
        <Offer name="e" run={run} />
      </KeysProvider>,
    );
    fireEvent.keyDown(screen.getByLabelText("Text"), { key: "e" });
    expect(run).not.toHaveBeenCalled();
    fireEvent.keyDown(document.body, { key: "e" });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("forgets a key when what offered it leaves the page", () => {
    const run = vi.fn();
    const { rerender } = render(
      <KeysProvider>
        <Offer name="e" run={run} />
      </KeysProvider>,
    );
    rerender(<KeysProvider>{null}</KeysProvider>);
    fireEvent.keyDown(document.body, { key: "e" });
    expect(run).not.toHaveBeenCalled();
  });

  it("shows all keys on ?", () => {
    render(
      <KeysProvider>
        <Offer name="e" run={() => undefined} />
      </KeysProvider>,
    );
    fireEvent.keyDown(document.body, { key: "?" });
    expect(screen.getByRole("dialog", { name: "Keys" }).textContent).toContain("Do e");
  });
});
