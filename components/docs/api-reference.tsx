import Link from "next/link";
import type { ReactNode } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { endpointsOf, errorsIn, type ApiDescription } from "./api-description";
import { CodeSample } from "./code-sample";
import type { Anchor } from "./docs-frame";
import { EndpointSection } from "./endpoint-section";
import { Marked, Paragraphs } from "./markup";
import { MeaningTable } from "./meaning-table";
import { Lead, SectionHeading, SubHeading, Text } from "./prose";
import { setUpSample, type Places } from "./samples";
import { SchemaTable } from "./schema-table";

/** The sections of the reference, for the navigation. */
export function referenceAnchors(api: ApiDescription): Anchor[] {
  return [
    { id: "basics", label: "Basics" },
    ...api.tags.map(({ name }) => ({ id: name.toLowerCase(), label: name })),
    { id: "event-types", label: "Event types" },
    { id: "errors", label: "Errors" },
    { id: "headers", label: "Headers" },
  ];
}

/** The whole reference, from the document that the deployment itself serves. */
export function ApiReference({ api, places }: { api: ApiDescription; places: Places }): ReactNode {
  const endpoints = endpointsOf(api);
  return (
    <>
      <h1 className="mb-2.5 text-28 font-heavy tracking-[-0.018em]">REST API reference</h1>
      <Lead>
        Read and answer conversations, keep leads, and follow every change, from any program that speaks HTTP.
      </Lead>
      <SectionHeading id="basics">Basics</SectionHeading>
      <Paragraphs text={api.info.description} />
      <Text>
        The same as a machine reads it:{" "}
        <a className="link" href="/api/v1/openapi.json">
          openapi.json
        </a>
        , OpenAPI 3.1. The samples below take the address and the key from the environment:
      </Text>
      <CodeSample name="Address and key" samples={[{ label: "Shell", text: setUpSample(places) }]} />
      {api.tags.map(({ name, description }) => (
        <div key={name}>
          <SectionHeading id={name.toLowerCase()}>{name}</SectionHeading>
          <Text>{description}</Text>
          {endpoints
            .filter(({ tags }) => tags.includes(name))
            .map((endpoint) => (
              <EndpointSection key={endpoint.operationId} api={api} endpoint={endpoint} />
            ))}
        </div>
      ))}
      <EventTypes api={api} />
      <Errors api={api} />
      <Headers api={api} />
    </>
  );
}

function EventTypes({ api }: { api: ApiDescription }): ReactNode {
  return (
    <>
      <SectionHeading id="event-types">Event types</SectionHeading>
      <Text>
        Every event has the same frame; <code>data</code> depends on its type.{" "}
        <Link className="link" href="/docs#webhooks">
          Webhooks
        </Link>{" "}
        push them to you, the feed gives them when you ask.
      </Text>
      {Object.entries(api.webhooks).map(([type, { post }]) => {
        const content = post.requestBody?.content["application/json"];
        if (content === undefined) return null;
        return (
          <section key={type} aria-labelledby={`event-${type}`}>
            <SubHeading id={`event-${type}`}>
              <code>{type}</code>
            </SubHeading>
            <Text>{post.description}</Text>
            <SchemaTable api={api} schema={content.schema} caption="Fields" />
            <CodeSample
              name={type}
              samples={[{ label: "Example", text: JSON.stringify(content.example, null, 2) }]}
            />
          </section>
        );
      })}
    </>
  );
}

function Errors({ api }: { api: ApiDescription }): ReactNode {
  const errors = new Map<string, { status: string; meaning: string }>();
  for (const { responses } of endpointsOf(api)) {
    for (const [status, { description }] of Object.entries(responses)) {
      for (const { code, meaning } of errorsIn(description)) errors.set(code, { status, meaning });
    }
  }
  const rows = [...errors].sort(([, a], [, b]) => Number(a.status) - Number(b.status));
  return (
    <>
      <SectionHeading id="errors">Errors</SectionHeading>
      <SchemaTable api={api} schema={{ $ref: "#/components/schemas/ApiError" }} caption="Every refusal" />
      <ScrollBox label="Error codes">
        <Table>
          <thead>
            <tr>
              <ColumnHead>Status</ColumnHead>
              <ColumnHead>Code</ColumnHead>
              <ColumnHead>Meaning</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {rows.map(([code, { status, meaning }]) => (
              <tr key={code} id={code} className="scroll-mt-20">
                <Cell className="py-1.5 align-top">{status}</Cell>
                <Cell className="py-1.5 align-top whitespace-nowrap">
                  <code>{code}</code>
                </Cell>
                <Cell className="py-1.5 align-top">
                  <Marked text={meaning} />
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </ScrollBox>
    </>
  );
}

function Headers({ api }: { api: ApiDescription }): ReactNode {
  return (
    <>
      <SectionHeading id="headers">Headers</SectionHeading>
      <MeaningTable
        label="Headers of answers"
        heads={["Header of an answer", "Holds"]}
        rows={Object.entries(api.components.headers).map(([name, { description }]) => ({
          key: name,
          name: <code>{name}</code>,
          text: description,
        }))}
      />
    </>
  );
}
