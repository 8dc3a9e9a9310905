"use client";

import { Check } from "lucide-react";
import { deviceText } from "@/components/format/device";
import { fullTime, timeOrDate } from "@/components/format/time";
import { reasonOf } from "@/components/hooks/refusals";
import { useLogins, useRevokeLogin, useRevokeOtherLogins, type Login } from "@/components/hooks/use-account";
import { useNow } from "@/components/hooks/use-now";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SectionHead } from "@/components/ui/section-head";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";
import { toastFailure } from "@/components/ui/toaster";

const tellFailure = (error: unknown) => toastFailure(reasonOf(error));

/** Where the operator is signed in; each can be ended from here. Signing in again is all it takes, so nothing asks first. */
export function Logins() {
  const logins = useLogins();
  const revokeOthers = useRevokeOtherLogins();
  const hasOthers = (logins.data ?? []).some(({ isCurrent }) => !isCurrent);
  return (
    <section aria-labelledby="your-logins">
      <SectionHead
        id="your-logins"
        title="Where you are signed in"
        hint="A session ends by itself after 30 days, or after two weeks without use."
      >
        {hasOthers ? (
          <Button
            size="sm"
            className="ml-auto"
            onClick={() => {
              revokeOthers({}).catch(tellFailure);
            }}
          >
            Sign out everywhere else
          </Button>
        ) : null}
      </SectionHead>
      {logins.status === "failed" ? (
        <SectionFailed title="The sessions did not load">
          The server could not list them. Nothing has changed.
        </SectionFailed>
      ) : logins.status === "loading" ? (
        <SectionLoading label="Loading sessions" />
      ) : (
        <Table aria-labelledby="your-logins">
          <thead>
            <tr>
              <ColumnHead>Device</ColumnHead>
              <ColumnHead>Signed in</ColumnHead>
              <ColumnHead className="max-md:hidden">Last used</ColumnHead>
              <ActionsHead />
            </tr>
          </thead>
          <tbody>
            {logins.data.map((login) => (
              <LoginRow key={login._id} login={login} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function LoginRow({ login }: { login: Login }) {
  const revoke = useRevokeLogin();
  const now = useNow();
  const device = deviceText(login.userAgent);
  return (
    <tr className="hover:[&>td]:bg-sunk">
      <Cell className="font-medium" title={login.userAgent}>
        {device}
      </Cell>
      <Cell className="text-ink-2">
        <time title={fullTime(login.createdAt)}>{timeOrDate(login.createdAt, { now })}</time>
      </Cell>
      <Cell className="text-ink-2 max-md:hidden">
        <time title={fullTime(login.lastUsedAt)}>{timeOrDate(login.lastUsedAt, { now })}</time>
      </Cell>
      <Cell className="w-px text-right whitespace-nowrap">
        {login.isCurrent ? (
          <Badge kind="ok" Icon={Check}>
            This one
          </Badge>
        ) : (
          <Button
            variant="quiet"
            size="sm"
            aria-label={`Sign out ${device}`}
            onClick={() => {
              revoke({ sessionId: login._id }).catch(tellFailure);
            }}
          >
            Sign out
          </Button>
        )}
      </Cell>
    </tr>
  );
}
