/** The samples of the overview page. A test runs each of them against a real instance. */

/** What a reader would put into their own program. */
export type Places = {
  /** Our web origin, without a slash at the end: the widget and the REST API are below it. */
  webUrl: string;
  /** The deployment, for the Convex client. */
  convexUrl: string;
};

export const KEY_PLACEHOLDER = "ptk_live_…";
export const TOKEN_PLACEHOLDER = "<operator token>";

export function setUpSample({ webUrl }: Places): string {
  return `BASE=${webUrl}\nPRAXTALK_KEY=${KEY_PLACEHOLDER}`;
}

export const LIST_INBOX_SAMPLE = `curl -H "Authorization: Bearer $PRAXTALK_KEY" \\
  "$BASE/api/v1/conversations?status=open&limit=50"`;

export const REPLY_SAMPLE = `curl -X POST \\
  -H "Authorization: Bearer $PRAXTALK_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"body":"Thanks, looking into it now."}' \\
  "$BASE/api/v1/conversations/$CONVERSATION_ID/messages"`;

export const CREATE_LEAD_SAMPLE = `curl -X POST \\
  -H "Authorization: Bearer $PRAXTALK_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name":"Maya A.","email":"maya@acme.com"}' \\
  "$BASE/api/v1/leads"`;

export function subscribeSample({ convexUrl }: Places): string {
  return `import { ConvexClient } from "convex/browser";

const client = new ConvexClient("${convexUrl}");
client.onUpdate(
  "conversations:listInbox",
  { sessionToken: "${TOKEN_PLACEHOLDER}", status: "open" },
  (rows) => renderInbox(rows),
);`;
}
