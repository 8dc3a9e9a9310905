import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Wordmark } from "@/components/ui/mark";
import dark from "@/docs/inbox-dark.png";
import light from "@/docs/inbox.png";

/** What PraxTalk is, for who comes to an installed one without an account. */
export function Home({ webUrl }: { webUrl: string }) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface">
      <header className="flex h-14 flex-none items-center border-b border-line px-7 max-md:px-4">
        <Wordmark />
        <nav aria-label="Main" className="ml-auto flex items-center gap-1">
          <Button asChild variant="quiet">
            <Link href="/docs">Docs</Link>
          </Button>
          <Button asChild variant="quiet">
            <Link href="/login">Sign in</Link>
          </Button>
        </nav>
      </header>
      <main className="mx-auto grid w-full max-w-[1120px] gap-10 px-7 py-12 max-md:px-4 max-md:py-8">
        <div className="grid gap-4">
          <h1 className="max-w-[28ch] text-40 text-balance font-[620] tracking-[-0.022em] max-md:text-28">
            Live chat for your own site, on your own machine
          </h1>
          <p className="max-w-[60ch] text-17 text-ink-2">
            A visitor writes in a widget on any page. The team answers in one inbox. What changes there shows
            up at once for everybody who looks, and for the software that listens.
          </p>
        </div>
        <picture>
          <source srcSet={dark.src} media="(prefers-color-scheme: dark)" />
          <img
            src={light.src}
            width={light.width}
            height={light.height}
            alt="The inbox: a list of conversations by how long each visitor waits, and the open conversation"
            className="h-auto w-full rounded-md border border-line"
          />
        </picture>
        <ul className="grid gap-8 border-t border-line pt-8 md:grid-cols-3">
          <Way title="Visitors: one script tag">
            <code className="mt-2 block text-12 wrap-anywhere text-ink-2">
              {`<script src="${webUrl}/widget.js" data-widget-id="ws_…" defer></script>`}
            </code>
          </Way>
          <Way title="The team: an inbox">
            Who waits longest stands on top. <WayLink href="/login">Sign in</WayLink>
          </Way>
          <Way title="Your software: three doors">
            REST, signed webhooks, and live queries over a websocket.{" "}
            <WayLink href="/docs">Build with PraxTalk</WayLink>
          </Way>
        </ul>
      </main>
    </div>
  );
}

function Way({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li>
      <h2 className="text-15 font-strong">{title}</h2>
      <div className="mt-1 text-ink-2">{children}</div>
    </li>
  );
}

function WayLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="link inline-block min-h-6">
      {children}
    </Link>
  );
}
