import Link from "next/link";
import type { ReactNode } from "react";
import { parametersOf, type ApiDescription } from "./api-description";
import { CodeSample, type Sample } from "./code-sample";
import { Marked } from "./markup";
import { MeaningTable } from "./meaning-table";
import { SectionHeading, SubHeading, Text } from "./prose";

/** Programs for receivers, each in one or more languages. */
export type WebhookSamples = Record<"verify" | "receiver" | "short", readonly Sample[]>;

type WebhooksProps = { api: ApiDescription; samples: WebhookSamples };

/** How a program is told of every change: what it gets, how it knows the sender, and what its answers mean. */
export function Webhooks({ api, samples }: WebhooksProps): ReactNode {
  return (
    <>
      <SectionHeading id="webhooks">Webhooks</SectionHeading>
      <Text>
        Events are pushed to your CRM the moment they happen, each request signed with HMAC-SHA256. Owners and
        admins add endpoints at{" "}
        <Link className="link" href="/app/integrations">
          Integrations
        </Link>
        : a URL that begins with <code>https://</code>, the events that it gets, and one brand or all. The
        secret is shown once. <strong>Send test</strong> sends a <code>ping</code>.
      </Text>
      <Events api={api} />
      <Request api={api} />
      <Signature samples={samples} />
      <Answers />
      <Rotation />
    </>
  );
}

function Events({ api }: { api: ApiDescription }): ReactNode {
  return (
    <MeaningTable
      label="Events"
      heads={["Event", "Sent when"]}
      rows={Object.entries(api.webhooks).map(([type, { post }]) => ({
        key: type,
        name: (
          <a className="hover:underline" href={`/docs/api#event-${type}`}>
            <code>{type}</code>
          </a>
        ),
        text: post.description,
      }))}
    />
  );
}

function Request({ api }: { api: ApiDescription }): ReactNode {
  const message = api.webhooks["message.created"]?.post;
  if (message === undefined) throw new Error("The API description has no message.created.");
  return (
    <>
      <SubHeading id="webhook-request">What a request holds</SubHeading>
      <Text>
        A POST with the event as JSON: the same bytes on every attempt and for every endpoint. The change
        feed, <code>GET /api/v1/events</code>, gives the same events under the same ids for 30 days.
      </Text>
      <CodeSample
        name="A webhook's body"
        samples={[
          {
            label: "message.created",
            text: JSON.stringify(message.requestBody?.content["application/json"].example, null, 2),
          },
        ]}
      />
      <MeaningTable
        label="Headers of a request"
        heads={["Header", "Holds"]}
        rows={parametersOf(api, message).map(({ name, description = "" }) => ({
          key: name,
          name: <code>{name}</code>,
          text: description,
        }))}
      />
    </>
  );
}

function Signature({ samples }: { samples: WebhookSamples }): ReactNode {
  return (
    <>
      <SubHeading id="webhook-signature">Check the signature</SubHeading>
      <Text>
        Check it before you read the body, over the raw bytes: once a framework has parsed the JSON and
        written it anew, the signature does not match. These take either secret while it is being changed,
        refuse requests older than five minutes, and refuse a forged header without an error.
      </Text>
      <CodeSample name="Check the signature" samples={samples.verify} />
      <Text>A receiver around it:</Text>
      <CodeSample name="A receiver" samples={samples.receiver} />
      <Text>
        The shortest check works as well. It reads the first signature alone, throws at a header of the wrong
        length, and takes a request of any age: somebody who recorded one may send it again.
      </Text>
      <CodeSample name="The shortest check" samples={samples.short} />
      <Text>
        Libraries for Standard Webhooks need no code of yours: they read the <code>webhook-</code> headers
        with the same secret.
      </Text>
    </>
  );
}

function Answers(): ReactNode {
  return (
    <>
      <SubHeading id="webhook-answers">Answers and retries</SubHeading>
      <Text>
        Any 2xx within 15 seconds means that you have it: keep the event, answer, and work on it afterwards. A
        redirect is not followed. Everything else is tried again 30 seconds, 2 minutes, 10 minutes, 1 hour and
        6 hours after the attempt that failed, or up to a tenth later. After six attempts the event is marked
        failed and waits in the event log for <strong>Retry now</strong>.
      </Text>
      <MeaningTable
        label="What answers mean"
        heads={["Answer", "What follows"]}
        rows={ANSWERS.map(([answer, text]) => ({ key: answer, name: <Marked text={answer} />, text }))}
      />
      <Text>
        An event may come more than once, and a later one before an earlier one. Its id tells whether you have
        done it, and <code>sequence</code> gives the place of a message in its conversation.
      </Text>
    </>
  );
}

const ANSWERS = [
  ["2xx", "Delivered, whatever the body says."],
  [
    "410",
    "The event is marked failed and the endpoint is disabled. What happens before you enable it again can be replayed.",
  ],
  [
    "A failure with `Retry-After`",
    "The next attempt waits that long, at least until it is due anyway and at most twice that time.",
  ],
  ["Any other status, or none in time", "The next attempt comes when it is due."],
  ["Failures alone for five days", "The endpoint is disabled, once 20 events were marked failed meanwhile."],
] as const;

function Rotation(): ReactNode {
  return (
    <>
      <SubHeading id="webhook-rotation">Change the secret</SubHeading>
      <Text>
        <strong>Rotate secret</strong> shows a new one, and for 24 hours each request is signed with both:
        first with the old, then with the new. Put the new one into your receiver, then press{" "}
        <strong>I deployed the new secret</strong>: now the new signature goes first, which is what receivers
        need that read only one. After the 24 hours, or when you end the old one before, the new one signs
        alone.
      </Text>
    </>
  );
}
