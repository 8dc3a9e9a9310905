import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { curlCommand } from "@/components/integrations/log/curl";

const headers = [
  { name: "Content-Type", value: "application/json" },
  { name: "X-PraxTalk-Event", value: "lead.created" },
  { name: "X-PraxTalk-Signature", value: "t=…,v1=…" },
  { name: "webhook-signature", value: "v1,…" },
];

/** The arguments that a shell hands to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("curlCommand", () => {
  it.each([
    ["quotes", `{"a":"it's 'so'"}`],
    ["what a shell would run", '{"a":"$(id) `id` $HOME \\\\ \\n !"}'],
    ["other scripts and line breaks", '{"a":"Zürich 🫖"}\n'],
  ])("hands on a body with %s as it is", (_what, body) => {
    expect(argumentsOf(curlCommand("https://a.example/x?y=1&z='", { headers, body }))).toEqual([
      "-X",
      "POST",
      "https://a.example/x?y=1&z='",
      "-H",
      "Content-Type: application/json",
      "-H",
      "X-PraxTalk-Event: lead.created",
      "--data-binary",
      body,
    ]);
  });
});
