/** What the deployment's environment says about mail, and about where its pages are. `npm start` checks both. */
import { env } from "../_generated/server";

/** Whether mail can be sent: there is a server for it, and an address that it comes from. */
export function isMailConfigured(): boolean {
  return Boolean(env.PRAXTALK_SMTP_URL && env.PRAXTALK_MAIL_FROM);
}

/** A page's full address, by the setting alone: what a request says of its host may be a stranger's. Null without one. */
export function webLink(path: string): string | null {
  return env.PRAXTALK_WEB_URL ? env.PRAXTALK_WEB_URL + path : null;
}
