import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useLayoutEffect, useMemo } from "react";
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

  it("runs a key with a modifier from inside a text field too", () => {
    const run = vi.fn();
    render(
      <KeysProvider>
        <Offer name="alt+Enter" run={run} />
      </KeysProvider>,
    );
    fireEvent.keyDown(screen.getByLabelText("Text"), { key: "Enter", altKey: true });
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

  it("does what the page shows from the moment when it shows it", () => {
    const ran: string[] = [];
    /** Presses the key as soon as the word is on the page. */
    function Presser({ word }: { word: string }) {
      useLayoutEffect(() => void fireEvent.keyDown(document.body, { key: "e" }), [word]);
      return null;
    }
    function Page({ word }: { word: string }) {
      useKeys(useMemo(() => [{ key: "e", label: word, run: () => void ran.push(word) }], [word]));
      return word;
    }
    const page = (word: string) => (
      <KeysProvider>
        <Page word={word} />
        <Presser word={word} />
      </KeysProvider>
    );
    const { rerender } = render(page("Resolve"));
    rerender(page("Reopen"));
    fireEvent.keyDown(document.body, { key: "e" });
    expect(ran.slice(-2)).toEqual(["Reopen", "Reopen"]);
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

  it("runs two keys one after the other, and only then", () => {
    const [two, one] = [vi.fn(), vi.fn()];
    render(
      <KeysProvider>
        <Offer name="g i" run={two} />
        <Offer name="i" run={one} />
      </KeysProvider>,
    );
    for (const key of ["g", "x", "i", "g", "Shift", "i"]) fireEvent.keyDown(document.body, { key });
    expect([two.mock.calls.length, one.mock.calls.length]).toEqual([1, 1]);
  });

  it("has other keys for who changed them, and prints these", () => {
    const run = vi.fn();
    const choice = { singleKeys: true, keys: { e: "q", g: "h" } };
    render(
      <KeysProvider choice={choice}>
        <Offer name="e" run={run} />
        <Offer name="g e" run={run} />
      </KeysProvider>,
    );
    fireEvent.keyDown(document.body, { key: "e" });
    expect(run).not.toHaveBeenCalled();
    fireEvent.keyDown(document.body, { key: "q" });
    expect(run).toHaveBeenCalledTimes(1);
    for (const key of ["h", "e"]) fireEvent.keyDown(document.body, { key });
    expect(run).toHaveBeenCalledTimes(2);
    fireEvent.keyDown(document.body, { key: "?" });
    expect(screen.getByRole("dialog", { name: "Keys" }).textContent).toMatch(/Do eQ.*Do g eHE/);
  });

  it("leaves a letter with what the person gave it to, when something new has it usually", () => {
    const ran: string[] = [];
    const offers = { j: () => void ran.push("j"), m: () => void ran.push("m") };
    render(
      <KeysProvider choice={{ singleKeys: true, keys: { j: "m" } }}>
        <Offer name="m" run={offers.m} />
        <Offer name="j" run={offers.j} />
      </KeysProvider>,
    );
    fireEvent.keyDown(document.body, { key: "m" });
    expect(ran).toEqual(["j"]);
    fireEvent.keyDown(document.body, { key: "?" });
    expect(screen.getByRole("dialog", { name: "Keys" }).textContent).not.toContain("Do m");
  });

  it("has no single keys for who turned them off, and leaves the others", () => {
    const run = vi.fn();
    render(
      <KeysProvider choice={{ singleKeys: false, keys: {} }}>
        <Offer name="e" run={run} />
        <Offer name="g i" run={run} />
        <Offer name="mod+k" run={run} />
      </KeysProvider>,
    );
    for (const key of ["e", "g", "i", "?"]) fireEvent.keyDown(document.body, { key });
    expect(run).not.toHaveBeenCalled();
    expect(screen.queryByRole("dialog")).toBeNull();
    fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe("offering keys", () => {
  it("draws who offers them no more often, also one who offers them anew with each render", () => {
    let renders = 0;
    function Offering() {
      renders += 1;
      useKeys([{ key: "x", label: "Select" }]);
      return null;
    }
    render(
      <KeysProvider>
        <Offering />
      </KeysProvider>,
    );
    expect(renders).toBe(1);
  });
});
