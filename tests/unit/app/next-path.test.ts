import { expect, it } from "vitest";
import { nextPath, withQuery } from "@/app/_server/next-path";

it("goes to a page of the dashboard, with its query", () => {
  expect(nextPath("/app?conversation=abc&status=closed")).toBe("/app?conversation=abc&status=closed");
  expect(nextPath("/app/brands")).toBe("/app/brands");
});

it.each([
  undefined,
  ["/app", "/app"],
  "",
  "/",
  "/login",
  "/application",
  "https://evil.example/app",
  "//evil.example/app",
  "/\\evil.example/app",
  "javascript:alert(1)",
  "/app/../login",
])("never goes anywhere else: %s", (wanted) => {
  expect(nextPath(wanted)).toBe("/app");
});

it("is the page as it was asked for, every value of its query with it", () => {
  expect(withQuery("/app/team", {})).toBe("/app/team");
  expect(withQuery("/app/leads", { q: "Müller & Söhne", tag: ["a", "b"], lead: undefined })).toBe(
    "/app/leads?q=M%C3%BCller+%26+S%C3%B6hne&tag=a&tag=b",
  );
});
