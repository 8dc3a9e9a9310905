"use client";

import { useState } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FieldError } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SelectField } from "@/components/ui/select-field";
import type { DuplicateRule, ImportResult } from "@/convex/validators/leads";
import { LEAD_IMPORT_BYTES_MAX, LEAD_IMPORT_ROWS_MAX } from "@/lib/limits";
import { columnLabels, decodeCsv, guessMapping, IMPORT_FIELDS, mappedRows, parseCsv } from "./lead-csv";
import type { CsvTable, Mapping } from "./lead-csv";
import { leadCount } from "./lead-status";
import { useImport } from "./use-import";

const FIELD_WORD = {
  name: "Name",
  email: "Email",
  phone: "Phone",
  status: "Status",
  notes: "Notes",
} as const;
const RULES: { value: DuplicateRule; label: string }[] = [
  { value: "skip", label: "Skip the row" },
  { value: "update", label: "Update the lead" },
  { value: "create", label: "Create another lead" },
];
/** Rows of the file that are shown before it is taken in. */
const PREVIEW_ROWS = 3;
/** Refused rows that are listed; the rest is counted. */
const REFUSED_SHOWN = 50;

type ImportDialogProps = { brands: readonly Brand[]; onClose: () => void };

/** Takes leads in from a CSV file: which column is what, what becomes of people who are there, what was refused. */
export function ImportDialog({ brands, onClose }: ImportDialogProps) {
  const [table, setTable] = useState<CsvTable | null>(null);
  const [results, setResults] = useState<ImportResult[] | null>(null);
  const [importing, setImporting] = useState(false);
  return (
    <Dialog onClose={onClose} title="Import leads" mustAnswer={importing}>
      {results ? (
        <Results results={results} onClose={onClose} />
      ) : table ? (
        <MapColumns
          table={table}
          brands={brands}
          onBusy={setImporting}
          onDone={setResults}
          onBack={() => setTable(null)}
        />
      ) : (
        <ChooseFile onRead={setTable} />
      )}
    </Dialog>
  );
}

function ChooseFile({ onRead }: { onRead: (table: CsvTable) => void }) {
  const [error, setError] = useState<string | null>(null);
  async function read(file: File | undefined) {
    if (file === undefined) return;
    setError(null);
    if (file.size > LEAD_IMPORT_BYTES_MAX) {
      setError("The file is larger than 5 MB. Split it.");
      return;
    }
    try {
      const table = await parseCsv(decodeCsv(new Uint8Array(await file.arrayBuffer())));
      if (table.rows.length === 0) setError("The file has no rows below its head.");
      else if (table.rows.length > LEAD_IMPORT_ROWS_MAX) {
        setError("The file has more than 10,000 rows. Split it.");
      } else onRead(table);
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : "The file cannot be read.");
    }
  }
  return (
    <div className="grid gap-3 text-13">
      <p className="text-ink-2">
        A CSV file in UTF-8 with a head line, at most 5 MB and 10,000 rows. A file that was exported here
        comes back as it was.
      </p>
      <label className="grid gap-1.5 font-medium">
        File
        <input
          type="file"
          accept=".csv,text/csv"
          onChange={(event) => void read(event.target.files?.[0])}
          className="w-full min-w-0 font-normal text-ink-2 file:mr-3 file:h-[var(--control-h)] file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-control file:bg-raised file:px-3 file:text-13 file:font-medium file:text-ink hover:file:bg-hover"
        />
      </label>
      {error ? <FieldError>{error}</FieldError> : null}
    </div>
  );
}

type MapColumnsProps = {
  table: CsvTable;
  brands: readonly Brand[];
  onBusy: (busy: boolean) => void;
  onDone: (results: ImportResult[]) => void;
  onBack: () => void;
};

function MapColumns({ table, brands, onBusy, onDone, onBack }: MapColumnsProps) {
  const [mapping, setMapping] = useState<Mapping>(() => guessMapping(table.head));
  const [brandId, setBrandId] = useState(brands[0]?._id ?? "");
  const [rule, setRule] = useState<DuplicateRule>("skip");
  const { run, done } = useImport();
  const { busy, refusal, submit } = useSubmission();
  const rows = mappedRows(table, mapping);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || mapping.name === null) return;
        onBusy(true);
        void submit(async () => onDone(await run(rows, { brandId, duplicates: rule }))).then(() =>
          onBusy(false),
        );
      }}
    >
      {refusal ? (
        <NoteBox kind="danger">
          {refusal.message} Import again: what is in already is not taken twice.
        </NoteBox>
      ) : null}
      {IMPORT_FIELDS.map((field) => (
        <SelectField
          key={field}
          label={FIELD_WORD[field]}
          hint={preview(rows.slice(0, PREVIEW_ROWS).map((row) => row[field]))}
          error={field === "name" && mapping.name === null ? "Choose the column that has the names." : null}
          value={mapping[field] ?? ""}
          onChange={(event) =>
            setMapping({ ...mapping, [field]: event.target.value === "" ? null : Number(event.target.value) })
          }
        >
          <option value="">Not in the file</option>
          {columnLabels(table.head).map((label, index) => (
            <option key={index} value={index}>
              {label}
            </option>
          ))}
        </SelectField>
      ))}
      {brands.length > 1 ? (
        <SelectField label="Brand" value={brandId} onChange={(event) => setBrandId(event.target.value)}>
          {brands.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </SelectField>
      ) : null}
      <SelectField
        label="Where a lead has the same email or phone"
        value={rule}
        onChange={(event) =>
          setRule(RULES.find(({ value }) => value === event.target.value)?.value ?? "skip")
        }
      >
        {RULES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <div className="flex items-center justify-end gap-2 pt-1">
        <span role="status" className="mr-auto text-12 text-ink-2">
          {busy ? `${done} of ${rows.length} rows` : null}
        </span>
        <Button onClick={onBack} disabled={busy}>
          Another file
        </Button>
        <Button type="submit" variant="main" busy={busy}>
          {busy ? "Importing" : `Import ${leadCount(rows.length)}`}
        </Button>
      </div>
    </form>
  );
}

const preview = (cells: string[]): string => {
  const shown = cells.filter((cell) => cell.trim() !== "").join(", ");
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
};

function Results({ results, onClose }: { results: readonly ImportResult[]; onClose: () => void }) {
  const count = (outcome: ImportResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const refused = results.filter(({ outcome }) => outcome === "refused");
  return (
    <div className="grid gap-3 text-13">
      <p role="status">
        {leadCount(count("created"))} created, {count("updated")} updated, {count("skipped")} skipped,{" "}
        {refused.length} refused.
      </p>
      {refused.length > 0 ? (
        <ul aria-label="Refused rows" className="grid max-h-60 gap-1 overflow-auto">
          {refused.slice(0, REFUSED_SHOWN).map(({ line, reason }) => (
            <li key={line}>
              <span className="font-medium">Line {line}:</span> {reason}
            </li>
          ))}
          {refused.length > REFUSED_SHOWN ? <li>And {refused.length - REFUSED_SHOWN} more.</li> : null}
        </ul>
      ) : null}
      <Button variant="main" className="justify-self-end" onClick={onClose}>
        Done
      </Button>
    </div>
  );
}
