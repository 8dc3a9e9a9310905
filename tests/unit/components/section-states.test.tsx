import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { SectionLoading, SectionStack } from "@/components/ui/section-states";

const page = (loading: readonly string[]) => (
  <SectionStack>
    <h2>First</h2>
    {loading.includes("first") ? <SectionLoading label="first" /> : null}
    <h2>Last</h2>
    {loading.includes("last") ? <SectionLoading label="last" /> : null}
  </SectionStack>
);
const headings = () => screen.queryAllByRole("heading").map(({ textContent }) => textContent);

test("sections appear together once all have loaded, and stay when one loads again", () => {
  const { rerender } = render(page(["first", "last"]));
  expect(headings()).toEqual([]);
  expect(screen.getByRole("status", { name: "Loading the page" })).toBeTruthy();
  rerender(page(["first"]));
  expect(headings()).toEqual([]);
  rerender(page([]));
  expect(headings()).toEqual(["First", "Last"]);
  rerender(page(["last"]));
  expect(headings()).toEqual(["First", "Last"]);
  expect(screen.getByRole("status", { name: "last" })).toBeTruthy();
});

test("a page of which nothing loads is there at once", () => {
  render(page([]));
  expect(screen.queryAllByText("First").at(-1)?.closest("[hidden]")).toBeNull();
});
