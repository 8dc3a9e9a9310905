import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useBrandOf } from "@/components/hooks/use-inbox";

let brands: { _id: string }[] | undefined;
vi.mock("convex/react", () => ({ useQueries: () => ({ it: brands }) }));
vi.mock("@/components/session/session-provider", () => ({ useSession: () => ({ sessionToken: "t" }) }));

test("an address narrows to a brand that is there, and to no other", () => {
  const { result, rerender } = renderHook(() => ["a", "gone", null].map(useBrandOf));
  expect(result.current).toEqual(["a", "gone", null]); // not known yet
  brands = [{ _id: "a" }, { _id: "b" }];
  rerender();
  expect(result.current).toEqual(["a", null, null]);
});
