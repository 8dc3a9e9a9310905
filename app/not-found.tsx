import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PlainPage } from "@/components/shell/plain-page";

export const metadata: Metadata = { title: "Not found" };

export default function NotFoundPage() {
  return (
    <PlainPage>
      <EmptyState
        heading="h1"
        title="There is no page here"
        actions={
          <Button asChild>
            <Link href="/">Go to the start</Link>
          </Button>
        }
      >
        The address may be incomplete, or the page has moved.
      </EmptyState>
    </PlainPage>
  );
}
