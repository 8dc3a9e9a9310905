/** The document, the callers' types and the shapes say the same. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { AppEvent } from "../../convex/model/events";
import { API_ERRORS } from "../../convex/rest/errors";
import type { AnswerOf, OperationId } from "../../convex/rest/operations";
import { operations } from "../../convex/rest/operations";
import type { eventData } from "../../convex/rest/shapes/events";
import { NUMERIC_PARAMETERS } from "../../convex/rest/shapes/fields";
import type { Operations, WebhookEvents } from "../../lib/api/types";
import type { z } from "zod";
import { deliveryHeaders, formatWebhookSecret, signatureHeaders } from "../../convex/logic/webhookSignature";
import { REPOSITORY } from "../helpers/embedded";
import {
  bodySchemaOf,
  document,
  documentedErrorCodes,
  documentedOperations,
  mismatch,
  parameterOf,
  parametersOf,
} from "./document";

describe("the OpenAPI document", () => {
  it("and the callers' types are those that the operations give: run npm run build:api", async () => {
    const { apiFiles } = (await import(path.join(REPOSITORY, "scripts/api-document.mjs"))) as {
      apiFiles: () => Promise<Record<string, string>>;
    };
    for (const [file, text] of Object.entries(await apiFiles())) {
      expect(readFileSync(path.join(REPOSITORY, file), "utf8"), file).toBe(text);
    }
  });

  it("passes the strict lint, but for the exceptions that are listed with their reasons", () => {
    const cli = path.join(REPOSITORY, "node_modules/@redocly/cli/bin/cli.js");
    const args = [cli, "lint", "--extends", "recommended-strict", "--format", "json", "lib/api/openapi.json"];
    const output = execFileSync(process.execPath, args, {
      cwd: REPOSITORY,
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "1" },
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
    const { totals } = JSON.parse(output) as { totals: Record<string, number> };
    expect(totals).toEqual({ errors: 0, warnings: 0, ignored: 3 });
  });

  it("has examples that are as it says", () => {
    for (const operation of documentedOperations) {
      const body = operation.requestBody?.content["application/json"];
      if (body !== undefined) expect(mismatch(body.schema, body.example), operation.operationId).toBeNull();
      for (const { content } of Object.values(operation.responses)) {
        const { schema, example } = content["application/json"]!;
        if (example !== undefined) expect(mismatch(schema, example), operation.operationId).toBeNull();
      }
      for (const parameter of parametersOf(operation, "query")) {
        const { query = {} } = operations[operation.operationId as OperationId].example as {
          query?: Record<string, unknown>;
        };
        const value = query[parameter.name];
        if (value !== undefined) expect(mismatch(parameter.schema, value), parameter.name).toBeNull();
      }
    }
    for (const { post } of Object.values(document.webhooks)) {
      expect(
        mismatch(bodySchemaOf(post)!, post.requestBody?.content["application/json"]?.example),
      ).toBeNull();
    }
  });

  it("describes the headers of webhooks as they are sent", async () => {
    const secrets = [
      formatWebhookSecret(new Uint8Array(32)),
      formatWebhookSecret(new Uint8Array(32).fill(1)),
    ];
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      for (const attempt of [1, 6, "manual"] as const) {
        const sent = new Map([
          ...deliveryHeaders({ eventId: "e", eventType: type, attemptId: "a", attempt }),
          ...(await signatureHeaders({ eventId: "e", body: "{}", secrets, timestamp: 1_767_200_000 })),
        ]);
        expect(sent.get("Content-Type")).toBe(Object.keys(post.requestBody?.content ?? {})[0]);
        sent.delete("Content-Type");
        const headers = post.parameters.map(parameterOf);
        expect(headers.map(({ name }) => name).sort()).toEqual([...sent.keys()].sort());
        for (const { name, schema, example } of headers) {
          expect(mismatch(schema, sent.get(name)), name).toBeNull();
          expect(mismatch(schema, example), name).toBeNull();
        }
      }
    }
  });

  it("names every code of the table, and every number among the parameters", () => {
    expect(documentedErrorCodes).toEqual(Object.keys(API_ERRORS));
    const numbers = documentedOperations.flatMap((operation) =>
      parametersOf(operation, "query").filter(({ schema }) => schema.type === "integer"),
    );
    expect(new Set(numbers.map(({ name }) => name))).toEqual(NUMERIC_PARAMETERS);
  });
});

describe("types", () => {
  it("of events are the same where they are written and where they are documented", () => {
    type Written = { [Event in AppEvent as Event["type"]]: Event["data"] };
    type Documented = { [Name in keyof typeof eventData]: z.output<(typeof eventData)[Name]> };
    expectTypeOf<Written>().toExtend<Documented>();
    expectTypeOf<keyof Documented>().toEqualTypeOf<keyof Written>();
    type Fields<T> = { -readonly [Name in keyof T]: keyof T[Name] };
    expectTypeOf<Fields<Documented>>().toEqualTypeOf<Fields<Written>>();
    expectTypeOf<WebhookEvents["message.created"]["data"]>().toEqualTypeOf<Documented["message.created"]>();
  });

  it("of answers are the same for callers as for handlers", () => {
    type Ids = Exclude<OperationId, "getOpenApi">;
    expectTypeOf<{ [Id in Ids]: Operations[Id]["answer"] }>().toEqualTypeOf<{ [Id in Ids]: AnswerOf<Id> }>();
  });
});
