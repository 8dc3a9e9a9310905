import type { Metadata } from "next";
import { headers } from "next/headers";
import Link from "next/link";
import { apiDescription } from "@/app/_server/api-description";
import { readAddresses, webOrigin } from "@/app/_server/config";
import { currentSession } from "@/app/_server/session";
import { webhookSamples } from "@/app/_server/webhook-samples";
import { backend } from "@/app/_server/backend";
import { CodeSample } from "@/components/docs/code-sample";
import { DocsFrame } from "@/components/docs/docs-frame";
import { EndpointList } from "@/components/docs/endpoint-list";
import { Lead, SectionHeading, Text } from "@/components/docs/prose";
import {
  CREATE_LEAD_SAMPLE,
  LIST_INBOX_SAMPLE,
  REPLY_SAMPLE,
  setUpSample,
  subscribeSample,
} from "@/components/docs/samples";
import { Webhooks } from "@/components/docs/webhooks";
import { widgetSnippet } from "@/components/format/widget-snippet";
import { api } from "@/convex/_generated/api";

export const metadata: Metadata = { title: "Build with PraxTalk" };

const ANCHORS = [
  { id: "widget", label: "Install the widget" },
  { id: "rest", label: "REST API" },
  { id: "webhooks", label: "Webhooks" },
  { id: "sdk", label: "Agent SDK" },
];

/** The ways in, with the reader's own addresses and, when signed in, their own widget ids. */
export default async function DocsPage() {
  const addresses = readAddresses();
  const places = { webUrl: webOrigin(await headers(), addresses), convexUrl: addresses.convexUrl };
  const session = await currentSession();
  const brands =
    session === null
      ? []
      : await backend().query(api.brands.listMine, { sessionToken: session.sessionToken });
  const description = await apiDescription();
  return (
    <DocsFrame path="/docs" anchors={ANCHORS} signedIn={session !== null}>
      <h1 className="mb-2.5 text-28 font-heavy tracking-[-0.018em]">Build with PraxTalk</h1>
      <Lead>
        Put the widget on a page, call the REST API from your CRM, be told of every change by webhooks, or
        subscribe to live data. Take one, or put them together.
      </Lead>

      <SectionHeading id="widget">Install the widget</SectionHeading>
      <Text>
        One script tag puts the chat on any page: no package, no change to your build. Paste it just before{" "}
        <code>&lt;/body&gt;</code>.
      </Text>
      {brands.length === 0 ? (
        <>
          <CodeSample
            name="The widget's script tag"
            samples={[{ label: "HTML", text: widgetSnippet(places.webUrl, "ws_…") }]}
          />
          <Text>
            <Link className="link" href="/login?next=/docs">
              Sign in
            </Link>{" "}
            and this page shows the tag with the id of your brand.
          </Text>
        </>
      ) : (
        brands.map((brand) => (
          <CodeSample
            key={brand._id}
            name={`The script tag of ${brand.name}`}
            samples={[{ label: brand.name, text: widgetSnippet(places.webUrl, brand.widgetId) }]}
          />
        ))
      )}
      <Text>
        The widget lives in a shadow root, so your styles do not reach in and its own do not leak out. A first
        visit asks for name, email, phone and message before the chat starts; later visits skip the form.
      </Text>

      <SectionHeading id="rest">REST API</SectionHeading>
      <Text>
        Every request carries a key as a Bearer token. Owners and admins create keys at{" "}
        <Link className="link" href="/app/integrations">
          Integrations
        </Link>
        . A key of one brand sees and changes that brand alone: calls for another one are answered with 403.
      </Text>
      <CodeSample name="Address and key" samples={[{ label: "Shell", text: setUpSample(places) }]} />
      <CodeSample name="List the inbox" samples={[{ label: "List the inbox", text: LIST_INBOX_SAMPLE }]} />
      <CodeSample name="Reply" samples={[{ label: "Reply as the team", text: REPLY_SAMPLE }]} />
      <CodeSample name="Create a lead" samples={[{ label: "Create a lead", text: CREATE_LEAD_SAMPLE }]} />
      <EndpointList api={description} />
      <Text>
        <Link className="link" href="/docs/api">
          The full reference
        </Link>{" "}
        has every parameter, answer, error and limit, with samples for curl, Node and Python.
      </Text>

      <Webhooks api={description} samples={await webhookSamples()} />

      <SectionHeading id="sdk">Agent SDK</SectionHeading>
      <Text>
        For a live inbox inside your own software: the stock Convex client subscribes over a websocket, and
        every change is pushed. It is the client that our own dashboard uses.
      </Text>
      <CodeSample
        name="Subscribe to the inbox"
        samples={[{ label: "Node or browser", text: subscribeSample(places) }]}
      />
      <Text>
        Mint the operator token at{" "}
        <Link className="link" href="/app/integrations?view=tokens">
          Integrations
        </Link>
        : it acts in your name, to read or also to reply, and ends when you revoke it. The package{" "}
        <code>@praxtalk/sdk</code> types all of it and gives the rows of REST. From server to server, without
        an operator, use the REST API or webhooks.
      </Text>
    </DocsFrame>
  );
}
