"use client";

import { formats } from "@/components/format/formats";
import { fullTime } from "@/components/format/time";
import { useExports, useRemoveExport, useStartExport } from "@/components/hooks/use-settings";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import type { ExportRow } from "@/convex/validators/exports";
import { sizeText } from "@/lib/file-size";
import { exportedText } from "./settings-text";

/** Everything of the workspace as a file, made in the background. */
export function Exports() {
  const { data = [] } = useExports();
  const start = useStartExport();
  const { busy, refusal, submit } = useSubmission();
  const isRunning = data.some(({ state }) => state === "running");
  return (
    <section aria-labelledby="exports">
      <SectionHead
        id="exports"
        title="Export"
        hint="Everything of this workspace as one JSON file, without passwords, keys and secrets."
      />
      <div className="grid max-w-[68ch] justify-items-start gap-3.5">
        {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        {isRunning ? null : (
          <Button busy={busy} onClick={() => void submit(async () => void (await start({})))}>
            {busy ? "Starting" : "Export everything"}
          </Button>
        )}
        {data.length > 0 ? (
          <ul aria-label="Exports" className="w-full text-13">
            {data.map((row) => (
              <ExportItem key={row._id} row={row} />
            ))}
          </ul>
        ) : null}
      </div>
    </section>
  );
}

const STATES = {
  running: "Writing",
  ready: "Ready",
  failed: "Failed: it was tried five times. Start another one",
  removed: "Deleting",
} as const satisfies Record<ExportRow["state"], string>;

function ExportItem({ row }: { row: ExportRow }) {
  const { _id, state, counts, bytes, startedAt, expiresAt } = row;
  const remove = useRemoveExport();
  const { busy, refusal, submit } = useSubmission();
  const begun = fullTime(startedAt);
  return (
    <li className="flex flex-wrap items-center gap-3 border-b border-line-faint py-1.5">
      <span className="min-w-0 flex-1 basis-60">
        <span role="status">
          {STATES[state]}: {exportedText(counts)}, {sizeText(bytes, formats().locale)}
        </span>
        <span className="block text-12 text-ink-2">
          Started {begun}
          {state === "ready" ? `. The file is deleted ${fullTime(expiresAt)}` : null}
        </span>
        {refusal ? <span className="block text-12 text-danger-ink">{refusal.message}</span> : null}
      </span>
      {state === "ready" ? (
        <form method="post" action={`/api/export/${_id}`}>
          <Button type="submit" size="sm" aria-label={`Download the export of ${begun}`}>
            Download
          </Button>
        </form>
      ) : null}
      <Button
        size="sm"
        variant="quiet"
        busy={busy}
        aria-label={state === "running" ? "Stop the export" : `Delete the export of ${begun}`}
        onClick={() => void submit(async () => void (await remove({ exportId: _id })))}
      >
        {state === "running" ? "Stop" : "Delete"}
      </Button>
    </li>
  );
}
