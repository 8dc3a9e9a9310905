import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { Dialog } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";

afterEach(cleanup);

const button = (name: string) => screen.getByRole("button", { name });
const press = (key: string, element = document.activeElement ?? document.body) =>
  fireEvent.keyDown(element, { key });

/** A page on which a button, a key of the page and an item of a menu open the same dialog. */
function Page({ mounted = false }: { mounted?: boolean }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <main onKeyDown={({ key }) => key === "m" && setOpen(true)}>
      <button onClick={() => setOpen(true)}>Open</button>
      <button>Row</button>
      <Menu>
        <MenuTrigger>Actions</MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => setOpen(true)}>Open it</MenuItem>
        </MenuContent>
      </Menu>
      <h1 tabIndex={-1}>Next</h1>
      {open || mounted ? (
        <Dialog open={open} onClose={close} title="Dialog">
          <button
            onClick={() => {
              close();
              setTimeout(() => screen.getByRole("heading", { name: "Next" }).focus());
            }}
          >
            Go on
          </button>
        </Dialog>
      ) : null}
    </main>
  );
}

const isOpen = () => waitFor(() => expect(button("Close")).toBe(document.activeElement));

describe("a dialog", () => {
  it.each([false, true])(
    "gives the focus back to what had it before (stays on the page: %s)",
    async (mounted) => {
      render(<Page mounted={mounted} />);
      for (const [name, key] of [
        ["Open", null],
        ["Row", "m"],
      ] as const) {
        button(name).focus();
        if (key === null) fireEvent.click(button(name));
        else press(key);
        await isOpen();
        press("Escape");
        await waitFor(() => expect(document.activeElement).toBe(button(name)));
      }
    },
  );

  it("gives it back to the button of the menu that it was chosen from", async () => {
    render(<Page />);
    button("Actions").focus();
    press("Enter");
    const item = await screen.findByRole("menuitem", { name: "Open it" });
    item.focus();
    press("Enter");
    await isOpen();
    press("Escape");
    await waitFor(() => expect(document.activeElement).toBe(button("Actions")));
  });

  it("leaves it where the dialog led to", async () => {
    render(<Page />);
    button("Open").focus();
    fireEvent.click(button("Open"));
    await isOpen();
    fireEvent.click(button("Go on"));
    const next = screen.getByRole("heading", { name: "Next" });
    await waitFor(() => expect(document.activeElement).toBe(next));
    // What the dialog does as it closes has been done by then.
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.activeElement).toBe(next);
  });
});
