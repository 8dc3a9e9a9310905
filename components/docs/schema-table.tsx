import type { ReactNode } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { schemaOf, typeText, type ApiDescription, type Parameter, type Schema } from "./api-description";
import { Marked } from "./markup";

type Field = { name: string; note?: string; required: boolean; schema: Schema; description?: string };

type TableProps = { caption: string; nameHead: string; fields: readonly Field[] };

function FieldTable({ caption, nameHead, fields }: TableProps): ReactNode {
  if (fields.length === 0) return null;
  return (
    <ScrollBox label={caption}>
      <Table>
        <caption className="pb-1 text-left text-13 font-strong">{caption}</caption>
        <thead>
          <tr>
            <ColumnHead>{nameHead}</ColumnHead>
            <ColumnHead>Type</ColumnHead>
            <ColumnHead>Meaning</ColumnHead>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, note, required, schema, description }) => (
            <tr key={name}>
              <Cell className="py-1.5 align-top whitespace-nowrap">
                <code>{name}</code>
                <span className="block text-12 text-ink-3">
                  {note ?? (required ? "required" : "optional")}
                </span>
              </Cell>
              <Cell className="py-1.5 align-top text-ink-2">{typeText(schema)}</Cell>
              <Cell className="py-1.5 align-top">
                <Marked text={description ?? schema.description ?? ""} />
                {schema.default === undefined ? null : (
                  <span className="block text-12 text-ink-2">
                    Without it: {JSON.stringify(schema.default)}
                  </span>
                )}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </ScrollBox>
  );
}

export function ParameterTable({ parameters }: { parameters: readonly Parameter[] }): ReactNode {
  const fields = parameters.map(({ name, in: place, required, schema, description }) => ({
    name,
    note: `${PLACE[place]}${required ? ", required" : ""}`,
    required,
    schema,
    description,
  }));
  return <FieldTable caption="Parameters" nameHead="Name" fields={fields} />;
}

const PLACE = { path: "in the path", query: "in the query", header: "header" } as const;

/** The fields of an object. */
export function SchemaTable(props: { api: ApiDescription; schema: Schema; caption: string }): ReactNode {
  const { properties = {}, required = [] } = schemaOf(props.api, props.schema);
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    schema,
    description: schema.description ?? describedBy(props.api, schema),
  }));
  return <FieldTable caption={props.caption} nameHead="Field" fields={fields} />;
}

function describedBy(api: ApiDescription, schema: Schema): string | undefined {
  return schema.$ref === undefined ? undefined : schemaOf(api, schema).description;
}
