import Link from "next/link";
import type { ReactNode } from "react";
import { Wordmark } from "@/components/ui/mark";

export type Anchor = { id: string; label: string };

type DocsFrameProps = {
  /** The address of this page, for the mark in the navigation. */
  path: string;
  /** The sections of this page, in order. */
  anchors: readonly Anchor[];
  signedIn: boolean;
  children: ReactNode;
};

const PAGES = [
  { href: "/docs", label: "Build with PraxTalk" },
  { href: "/docs/api", label: "REST API reference" },
] as const;

/** The frame of the documentation: where you are, what the page holds, and the page. */
export function DocsFrame({ path, anchors, signedIn, children }: DocsFrameProps) {
  return (
    <div className="min-h-dvh bg-surface">
      <a
        href="#main"
        className="fixed -top-15 left-2 z-[99] rounded-md bg-raised px-3 py-2 shadow-md focus:top-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-10 flex h-14 items-center gap-2.5 border-b border-line bg-surface px-7 max-md:px-4">
        <Link href="/" aria-label="PraxTalk, home" className="flex min-h-6 items-center">
          <Wordmark />
        </Link>
        <span className="text-13 text-ink-2">Docs</span>
        <Link href={signedIn ? "/app" : "/login"} className="ml-auto px-2.5 py-1.5 text-ink-2 hover:text-ink">
          {signedIn ? "Open the inbox" : "Sign in"}
        </Link>
      </header>
      <div className="grid max-w-[1200px] grid-cols-[244px_minmax(0,1fr)] max-md:grid-cols-[minmax(0,1fr)]">
        <nav
          aria-label="Docs"
          className="sticky top-14 max-h-[calc(100dvh-3.5rem)] self-start overflow-auto py-6 pr-4 pl-7 text-13 max-md:static max-md:max-h-none max-md:border-b max-md:border-line max-md:px-4 max-md:py-3"
        >
          <ul className="grid gap-0.5">
            {PAGES.map(({ href, label }) => (
              <li key={href}>
                <Link
                  href={href}
                  aria-current={href === path ? "page" : undefined}
                  className="relative block py-1 pl-4 text-ink-2 hover:text-ink aria-[current=page]:font-strong aria-[current=page]:text-ink aria-[current=page]:before:absolute aria-[current=page]:before:top-3 aria-[current=page]:before:left-0 aria-[current=page]:before:h-[3px] aria-[current=page]:before:w-2.5 aria-[current=page]:before:bg-accent"
                >
                  {label}
                </Link>
                {href === path ? (
                  <ul aria-label="On this page" className="mb-2 grid pl-7 max-md:grid-cols-2 max-md:gap-x-4">
                    {anchors.map(({ id, label: text }) => (
                      <li key={id}>
                        <a href={`#${id}`} className="block py-[3px] text-ink-2 hover:text-ink">
                          {text}
                        </a>
                      </li>
                    ))}
                  </ul>
                ) : null}
              </li>
            ))}
          </ul>
        </nav>
        <main
          id="main"
          tabIndex={-1}
          className="min-w-0 border-l border-line px-14 pt-9 pb-20 text-15 leading-[1.55rem] wrap-break-word max-lg:px-8 max-md:border-l-0 max-md:px-4 max-md:pt-5"
        >
          {children}
        </main>
      </div>
    </div>
  );
}
