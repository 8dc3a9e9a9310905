import { readFile } from "node:fs/promises";
import path from "node:path";
import { cache } from "react";
import type { WebhookSamples } from "@/components/docs/webhooks";

/** The programs for receivers, as they are in the repository, where tests run them. */
export const webhookSamples = cache(async (): Promise<WebhookSamples> => {
  const read = async (name: string) =>
    (await readFile(path.join(process.cwd(), "docs/webhooks", name), "utf8")).trimEnd();
  return {
    verify: [
      { label: "verify.mjs", text: await read("verify.mjs") },
      { label: "verify.py", text: await read("verify.py") },
    ],
    receiver: [
      { label: "receiver.mjs", text: await read("receiver.mjs") },
      { label: "receiver.py", text: await read("receiver.py") },
    ],
    short: [{ label: "JavaScript", text: await read("verify-short.mjs") }],
  };
});
