import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Brand } from "@/components/hooks/rows";
import { ImportDialog } from "@/components/leads/import-dialog";
import type { ImportResult } from "@/convex/validators/leads";

let answer: (results: ImportResult[]) => void = () => undefined;
vi.mock("convex/react", () => {
  const importBatch = () => new Promise<ImportResult[]>((resolve) => (answer = resolve));
  return { useMutation: () => importBatch };
});
const session = { sessionToken: "t", renew: () => Promise.resolve(null) };
vi.mock("@/components/session/session-provider", () => ({ useSession: () => session }));

test("an import under way is not closed by Escape: what became of its rows is told once", async () => {
  const onClose = vi.fn();
  render(<ImportDialog brands={[{ _id: "b", name: "Acme" } as Brand]} onClose={onClose} />);
  const file = new File(["Name\nMaya\n"], "leads.csv", { type: "text/csv" });
  fireEvent.change(screen.getByLabelText("File"), { target: { files: [file] } });
  fireEvent.click(await screen.findByRole("button", { name: "Import 1 lead" }));
  await screen.findByRole("button", { name: "Importing" });
  expect(screen.queryByRole("button", { name: "Close" })).toBeNull();
  fireEvent.keyDown(screen.getByRole("dialog"), { key: "Escape" });
  expect(onClose).not.toHaveBeenCalled();

  act(() => answer([{ line: 2, outcome: "created" }]));
  await waitFor(() => expect(screen.getByRole("status").textContent).toContain("1 lead created"));
  fireEvent.keyDown(screen.getByRole("dialog"), { key: "Escape" });
  expect(onClose).toHaveBeenCalledOnce();
});
