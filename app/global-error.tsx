"use client";

import "./globals.css";

import ErrorPage from "./error";

/** The last resort, when the root layout itself failed: it brings its own document. */
export default function GlobalErrorPage({ error }: { error: unknown }) {
  return (
    <html lang="en">
      <body>
        <title>PraxTalk</title>
        <ErrorPage error={error} />
      </body>
    </html>
  );
}
