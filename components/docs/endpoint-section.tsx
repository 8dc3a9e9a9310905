import type { ReactNode } from "react";
import { errorsIn, type ApiDescription, type Endpoint } from "./api-description";
import { samplesOf } from "./api-samples";
import { CodeSample } from "./code-sample";
import { Marked } from "./markup";
import { SubHeading } from "./prose";
import { ParameterTable, SchemaTable } from "./schema-table";

const NEEDS = {
  read: "Any key.",
  write: "A key that may read and write.",
} as const;

/** One endpoint: what it does, what goes in, what comes out, what may go wrong. */
export function EndpointSection({ api, endpoint }: { api: ApiDescription; endpoint: Endpoint }): ReactNode {
  const scope = endpoint["x-scope"];
  const body = endpoint.requestBody?.content["application/json"].schema;
  return (
    <section
      aria-labelledby={endpoint.operationId}
      className="border-t border-line-faint pt-1 first-of-type:border-t-0"
    >
      <SubHeading id={endpoint.operationId}>{endpoint.summary}</SubHeading>
      <p className="my-1.5">
        <code className="rounded-sm bg-sunk px-1.5 py-0.5 text-13">
          <strong>{endpoint.method.toUpperCase()}</strong> /api/v1{endpoint.path}
        </code>
      </p>
      <p className="my-2 max-w-[68ch]">
        <Marked text={endpoint.description} />{" "}
        <span className="text-ink-2">{scope === undefined ? "No key." : NEEDS[scope]}</span>
      </p>
      <ParameterTable parameters={endpoint.parameters} />
      {body === undefined ? null : <SchemaTable api={api} schema={body} caption="Body" />}
      <CodeSample name={`${endpoint.summary}: request`} samples={samplesOf(endpoint)} />
      <Answers api={api} endpoint={endpoint} />
    </section>
  );
}

function Answers({ api, endpoint }: { api: ApiDescription; endpoint: Endpoint }): ReactNode {
  const answers = Object.entries(endpoint.responses);
  const [status, success] = answers.find(([code]) => code.startsWith("2")) ?? [];
  const content = success?.content?.["application/json"];
  const errors = answers.flatMap(([code, { description }]) =>
    errorsIn(description).map((error) => ({ status: code, ...error })),
  );
  return (
    <>
      {content === undefined ? null : (
        <>
          <SchemaTable api={api} schema={content.schema} caption={`Answer ${status}`} />
          <CodeSample
            name={`${endpoint.summary}: answer`}
            samples={[{ label: `Answer ${status}`, text: JSON.stringify(content.example, null, 2) }]}
          />
        </>
      )}
      {errors.length === 0 ? null : (
        <p className="my-2 text-13 text-ink-2">
          May refuse with{" "}
          {errors.map(({ status: number, code }, index) => (
            <span key={code}>
              {index === 0 ? "" : ", "}
              <a className="hover:underline" href={`#${code}`}>
                {number}&nbsp;<code>{code}</code>
              </a>
            </span>
          ))}
          .
        </p>
      )}
    </>
  );
}
