import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Settings } from "@/components/settings/settings";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ searchParams }: PageProps<"/app/settings">) {
  await requireSession("/app/settings", await searchParams);
  return <Settings />;
}
