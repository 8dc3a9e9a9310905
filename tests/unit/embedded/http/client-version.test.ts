import { expect, test } from "vitest";
import { parseClientVersion, understandsChunks } from "@/embedded/http/client-version";

test("the client's name may have parts of its own", () => {
  expect(parseClientVersion("npm-1.48.0")).toEqual({ client: "npm", version: [1, 48, 0] });
  expect(parseClientVersion("npm-cli-1.48.0-alpha.1")).toEqual({ client: "npm-cli", version: [1, 48, 0] });
  for (const bad of ["", "npm", "1.48.0", "npm-1.48", "npm-x.y.z", "a\nb-1.2.3"]) {
    expect(parseClientVersion(bad)).toBeNull();
  }
});

test("pieces of a transition go to npm clients from 1.28.0 on", () => {
  expect(["1.28.0", "1.48.0", "2.0.0"].map(understandsChunks)).toEqual([true, true, true]);
  expect(["1.27.9", "0.30.0", "", "rust-1.30.0", "sync"].map(understandsChunks)).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});
