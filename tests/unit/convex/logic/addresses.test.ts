import { describe, expect, it } from "vitest";
import { addressBucket } from "../../../../convex/logic/addresses";

describe("addressBucket", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    [null, "unknown"],
    ["", "unknown"],
    ["192.0.2.1, 192.0.2.2", "unknown"],
    ["x".repeat(8_000), "unknown"],
  ])("%s → %s", (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });
});
