import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Account } from "@/components/account/account";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage({ searchParams }: PageProps<"/app/account">) {
  await requireSession("/app/account", await searchParams);
  return <Account />;
}
