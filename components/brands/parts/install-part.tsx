"use client";

import { useState } from "react";
import { fixedWidgetSnippet, widgetSnippet } from "@/components/format/widget-snippet";
import type { Brand } from "@/components/hooks/rows";
import { useWidgetIntegrity } from "@/components/hooks/use-widget-integrity";
import { useSession } from "@/components/session/session-provider";
import { CopyButton } from "@/components/ui/copy-button";
import { NoteBox } from "@/components/ui/note-box";
import { Segments } from "@/components/ui/segments";
import { Snippet } from "@/components/ui/snippet";
import { Sightings } from "../sightings";
import { Group } from "./part";

type Version = "newest" | "fixed";

const VERSIONS = [
  { value: "newest", label: "Always the newest" },
  { value: "fixed", label: "One version, with integrity" },
] as const;

/** The snippet, and whether it has been seen on a page. */
export function InstallPart({ brand }: { brand: Brand }) {
  return (
    <>
      <Group
        title="Snippet"
        hint={
          <>
            Put it on each page that should have the chat, just before <code>&lt;/body&gt;</code>.
          </>
        }
      >
        <SnippetChoice widgetId={brand.widgetId} />
      </Group>
      <Group title="Installed">
        <Sightings brandId={brand._id} />
      </Group>
    </>
  );
}

function SnippetChoice({ widgetId }: { widgetId: string }) {
  const { webUrl } = useSession();
  const [version, setVersion] = useState<Version>("newest");
  const release = useWidgetIntegrity(version === "fixed");
  const fixed = release.data && fixedWidgetSnippet(webUrl, widgetId, release.data);
  const snippet = version === "newest" ? widgetSnippet(webUrl, widgetId) : fixed;
  return (
    <>
      <Segments
        legend="Version that pages load"
        hideLegend
        choices={VERSIONS}
        value={version}
        onChange={setVersion}
      />
      {version === "fixed" ? (
        <p className="max-w-[68ch] text-13 text-ink-2">
          The browser runs this file only if it is exactly the one that the tag states, so pages stay on this
          version: after each update of PraxTalk, paste the snippet again.
        </p>
      ) : null}
      {snippet === null ? (
        release.status === "failed" ? (
          <NoteBox kind="danger">The server could not name the file. Reload this page to try again.</NoteBox>
        ) : null
      ) : (
        <>
          <Snippet label="Widget snippet" code={snippet} />
          <div className="flex flex-wrap items-center gap-3">
            <CopyButton key={version} text={snippet} label="Copy the snippet" variant="outline" />
            {version === "newest" ? (
              <a
                className="link min-h-6 text-13 leading-6"
                href={`/demo?widget=${widgetId}`}
                target="_blank"
                rel="noreferrer"
              >
                Open a demo page that carries it
              </a>
            ) : null}
          </div>
        </>
      )}
    </>
  );
}
