"use client";

import { useCallback, useState } from "react";
import { useImportBatch } from "@/components/hooks/use-leads";
import type { DuplicateRule, ImportResult, ImportRow } from "@/convex/validators/leads";
import { LEAD_IMPORT_BATCH } from "@/lib/limits";

/** Sends a file's rows, a batch at a time. Run again after a failure, it takes no row twice: the import has one id. */
export function useImport() {
  const importBatch = useImportBatch();
  const [importId] = useState(() => crypto.randomUUID());
  const [done, setDone] = useState(0);
  const run = useCallback(
    async (rows: readonly ImportRow[], settings: { brandId: string; duplicates: DuplicateRule }) => {
      const results: ImportResult[] = [];
      for (let start = 0; start < rows.length; start += LEAD_IMPORT_BATCH) {
        const batch = rows.slice(start, start + LEAD_IMPORT_BATCH);
        results.push(...(await importBatch({ importId, ...settings, rows: batch })));
        setDone(results.length);
      }
      return results;
    },
    [importBatch, importId],
  );
  return { run, done };
}
