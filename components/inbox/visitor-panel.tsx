import { BadgeCheck } from "lucide-react";
import type { ReactNode } from "react";
import { fullTime, timeOrDate } from "@/components/format/time";
import type { ConversationRow, VisitorProfile } from "@/components/hooks/rows";
import { Badge } from "@/components/ui/badge";
import { CHANNEL_LOOK } from "./channel";
import { EarlierConversations } from "./earlier-conversations";
import { LeadSection } from "./lead-section";
import { pageDataFacts } from "./page-data";

type VisitorDetailsProps = {
  conversation: ConversationRow;
  /** Undefined while it is on its way: what the list knows is shown already. */
  profile: VisitorProfile | undefined;
  now: number;
};

/** What becomes of answers that the visitor does not read. */
const ANSWERS_BY_MAIL: Record<NonNullable<NonNullable<VisitorProfile>["answersByMail"]>, string> = {
  on: "Unread answers are mailed.",
  no_server: "Answers are not mailed: this server sends no mail.",
  brand_off: "Answers are not mailed: the brand has turned it off.",
  stopped: "Answers are not mailed: this mailbox asked for no more.",
};

/** What is known of the visitor and of this conversation. Links open the mail program or the telephone. */
export function VisitorDetails({ conversation, profile, now }: VisitorDetailsProps) {
  const { visitor, channel, createdAt } = conversation;
  return (
    <>
      <Section>
        <Fact term="Name">{visitor?.name ?? <None />}</Fact>
        {visitor?.verified ? (
          <Fact term="Identity">
            <Badge kind="ok" Icon={BadgeCheck}>
              verified
            </Badge>{" "}
            {visitor.externalId}
          </Fact>
        ) : null}
        <Fact term="Email">
          {visitor?.email ? (
            <a className="link" href={`mailto:${visitor.email}`}>
              {visitor.email}
            </a>
          ) : (
            <None />
          )}
          {profile?.answersByMail === undefined ? null : (
            <span className="block text-12 leading-[1.125rem] text-ink-2">
              {ANSWERS_BY_MAIL[profile.answersByMail]}
            </span>
          )}
        </Fact>
        <Fact term="Phone">
          {visitor?.phone ? (
            <a className="link" href={`tel:${visitor.phone}`}>
              {visitor.phone}
            </a>
          ) : (
            <None />
          )}
        </Fact>
      </Section>
      <LeadSection conversationId={conversation._id} />
      <Section title="This conversation">
        <Fact term="Started">
          <When at={createdAt} now={now} />
        </Fact>
        {conversation.humanRequestedAt === undefined ? null : (
          <Fact term="Wants">
            a person, since <When at={conversation.humanRequestedAt} now={now} />
          </Fact>
        )}
        <Fact term="Channel">{CHANNEL_LOOK[channel].word}</Fact>
        <Fact term="Wrote from">
          {profile === undefined ? null : profile?.page ? <PageLink url={profile.page} /> : <None />}
        </Fact>
        {profile?.location ? (
          <Fact term="Location">
            <MapLink location={profile.location} /> <When at={profile.location.at} now={now} />
          </Fact>
        ) : null}
      </Section>
      {profile?.customData ? (
        <Section title="Page data, unverified">
          {pageDataFacts(profile.customData).map(([term, text]) => (
            <Fact key={term} term={term}>
              {text}
            </Fact>
          ))}
        </Section>
      ) : null}
      {profile ? (
        <Section title="Visits">
          <Fact term="First seen">
            <When at={profile.firstSeenAt} now={now} />
          </Fact>
          <Fact term="Last seen">
            <When at={profile.lastSeenAt} now={now} />
          </Fact>
        </Section>
      ) : null}
      <EarlierConversations conversationId={conversation._id} now={now} />
    </>
  );
}

function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="border-b border-line-faint px-[18px] py-[13px] text-13 last:border-0">
      {title ? <h2 className="mb-[7px] text-13 font-strong">{title}</h2> : null}
      <dl className="grid grid-cols-[82px_minmax(0,1fr)] gap-x-2 gap-y-1.5">{children}</dl>
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{term}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}

function None() {
  return <span className="text-ink-3">not given</span>;
}

function When({ at, now }: { at: number; now: number }) {
  if (now === 0) return null;
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {timeOrDate(at, { now })}
    </time>
  );
}

/** The page as a visitor would name it: its path; the whole address is one click away. It comes from outside. */
function PageLink({ url }: { url: string }) {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return url;
  const { host, pathname, search } = new URL(url);
  return (
    <a className="link" href={url} target="_blank" rel="noopener noreferrer" title={url}>
      {pathname === "/" ? host : pathname + search}
    </a>
  );
}

type Location = NonNullable<NonNullable<VisitorProfile>["location"]>;

/** The place in degrees; a click shows it on a map elsewhere, and nothing goes there before. */
function MapLink({ location: { lat, lng, accuracy } }: { location: Location }) {
  const place = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  return (
    <a
      className="link"
      href={`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=16/${lat}/${lng}`}
      target="_blank"
      rel="noopener noreferrer"
    >
      {accuracy === undefined ? place : `${place} ± ${Math.ceil(accuracy)} m`}
    </a>
  );
}
