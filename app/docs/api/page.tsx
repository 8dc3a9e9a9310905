import type { Metadata } from "next";
import { headers } from "next/headers";
import { apiDescription } from "@/app/_server/api-description";
import { readAddresses, webOrigin } from "@/app/_server/config";
import { currentSession } from "@/app/_server/session";
import { ApiReference, referenceAnchors } from "@/components/docs/api-reference";
import { DocsFrame } from "@/components/docs/docs-frame";

export const metadata: Metadata = { title: "REST API reference" };

export default async function ApiReferencePage() {
  const addresses = readAddresses();
  const places = { webUrl: webOrigin(await headers(), addresses), convexUrl: addresses.convexUrl };
  const api = await apiDescription();
  const session = await currentSession();
  return (
    <DocsFrame path="/docs/api" anchors={referenceAnchors(api)} signedIn={session !== null}>
      <ApiReference api={api} places={places} />
    </DocsFrame>
  );
}
