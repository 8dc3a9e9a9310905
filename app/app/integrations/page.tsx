import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Integrations } from "@/components/integrations/integrations";

export const metadata: Metadata = { title: "Integrations" };

export default async function IntegrationsPage({ searchParams }: PageProps<"/app/integrations">) {
  await requireSession("/app/integrations", await searchParams);
  return <Integrations />;
}
