/** Limits that the browser and the server both check. Lengths are in UTF-16 code units, as `maxlength` counts. */

export const MESSAGE_BODY_MAX = 10_000;
/** A draft's reply or note: longer than a message, so that a text which must be cut is kept until it is. */
export const DRAFT_MAX = 50_000;
/** Rows of `messageDrafts:listMine`. */
export const DRAFTS_LISTED_MAX = 200;
export const SAVED_REPLY_TITLE_MAX = 80;
export const SAVED_REPLY_BODY_MAX = 5_000;
/** Saved replies of one workspace. */
export const SAVED_REPLIES_MAX = 500;
/** Text of a conversation's newest message as the inbox shows it, one line. */
export const PREVIEW_MAX = 140;

export const NAME_MAX = 120;
/** RFC 5321: a forward path has at most 256 octets, two of them the angle brackets. */
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
export const PAGE_URL_MAX = 2_048;
export const CUSTOM_DATA_MAX = 4_096;
export const USER_AGENT_MAX = 400;

/** Rows of `conversations:listInbox`. */
export const INBOX_LIMIT_DEFAULT = 50;
export const INBOX_LIMIT_MAX = 200;
/** Rows of `messages:listByConversation`. */
export const MESSAGES_LIMIT_DEFAULT = 200;
export const MESSAGES_LIMIT_MAX = 500;
/** Messages a visitor gets without paging. */
export const VISITOR_MESSAGES_LIMIT = 200;
/** Rows of one page of any paginated function. */
export const PAGE_SIZE_MAX = 200;
/** Conversations that one `notifications:listUnread` may ask about. */
export const UNREAD_IDS_MAX = 100;

/**
 * Milliseconds that a stranger's form must have been open before it is sent: scripts are faster. The widget waits out
 * the rest by itself, so that nobody who types or has the form filled for them is ever refused for it.
 */
export const FORM_OPEN_MIN_MS = 500;
/** Bytes of a request body on the widget's HTTP routes. */
export const WIDGET_BODY_MAX = 64 * 1024;

/** Bytes of a request body on the REST API. */
export const API_BODY_MAX = 256 * 1024;
/** Rows of one page of a list of the REST API: the default, and the most. */
export const API_LIMIT_DEFAULT = 50;
export const API_LIMIT_MAX = 200;
/** Requests a minute, by scope of the key; without a valid key, by address. */
export const API_RATE_READ = 6_000;
export const API_RATE_WRITE = 600;
export const API_RATE_STRANGER = 60;
/** Logins: an hour's tries of one email, and of those a quarter of an hour's from one address; all of one address. */
export const LOGINS_PER_EMAIL_HOUR = 100;
export const LOGINS_PER_EMAIL_AND_ADDRESS = 10;
export const LOGINS_PER_ADDRESS = 60;
export const LOGIN_PERIOD_MINUTES = 15;
/** People of one workspace, pending invites among them. */
export const OPERATORS_MAX = 200;
export const INVITE_DAYS = 14;
/** Invites that one workspace may send in an hour. */
export const INVITES_PER_HOUR = 100;
/** Codes of one challenge at the login; of one operator in a quarter of an hour from one address, and in an hour at all. */
export const LOGIN_CODE_TRIES = 5;
export const CODES_PER_OPERATOR_AND_ADDRESS = 10;
export const CODES_PER_OPERATOR_HOUR = 30;
/** Minutes that a link for a new password is good. */
export const RESET_MINUTES = 60;
/** Links for a new password that one email may be sent, and one address may ask for, in an hour. */
export const RESETS_PER_EMAIL_HOUR = 5;
export const RESETS_PER_ADDRESS_HOUR = 20;
/** Sessions of one operator; one more ends the oldest. */
export const SESSIONS_MAX = 50;
/** Days after which a session ends that no page has used. */
export const SESSION_IDLE_DAYS = 14;
/** Tries of one operator's own password in a quarter of an hour, by somebody who is signed in as them. */
export const PASSWORD_CHECKS = 10;
/** Chats that visitors may begin from one address in ten minutes. */
export const STARTS_PER_ADDRESS = 20;
/** Chats that all visitors of a brand may begin in an hour: far above what a team can answer. */
export const STARTS_PER_BRAND_HOUR = 3_000;
/** Messages of one visitor: so many at once, and so many a minute. */
export const VISITOR_MESSAGES_BURST = 30;
export const VISITOR_MESSAGES_PER_MINUTE = 60;
/** Mails with unread answers: to one address at once and in a day, whoever gave it; of one workspace in an hour. */
export const ANSWER_MAILS_BURST = 5;
export const ANSWER_MAILS_PER_EMAIL_DAY = 24;
export const ANSWER_MAILS_PER_WORKSPACE_HOUR = 300;
/** Files of messages: bytes of one, how many a message takes, and the length of a name. */
export const FILE_MAX = 10 * 1024 * 1024;
export const ATTACHMENTS_MAX = 5;
export const FILE_NAME_MAX = 120;
/** Uploads that are permitted: in ten minutes to one visitor, operator or address; in an hour to a brand's visitors together. */
export const UPLOADS_PER_VISITOR = 20;
export const UPLOADS_PER_OPERATOR = 100;
export const UPLOADS_PER_ADDRESS = 60;
export const UPLOADS_PER_BRAND_HOUR = 1_000;
/** How long somebody counts as writing after their last sign of it. */
export const TYPING_MS = 6_000;
/** How long somebody counts as looking at a conversation after their last sign of it. */
export const VIEWER_MS = 30_000;
/** Operators that one note may mention. */
export const MENTIONS_MAX = 20;
export const SENDER_NAME_MAX = 80;
export const LEAD_NOTES_MAX = 10_000;
/** Rows of `leads:list`. */
export const LEADS_LIMIT_DEFAULT = 100;
export const LEADS_LIMIT_MAX = 500;
/** Remarks of one lead, and characters of one. */
export const LEAD_REMARKS_MAX = 200;
export const LEAD_REMARK_MAX = 5_000;
/** Leads that one call may change, restore or ask about. */
export const LEADS_BULK_MAX = 100;
/** Leads that a search shows. */
export const LEAD_SEARCH_MAX = 100;
/** Other leads of the same person that are named. */
export const LEAD_DUPLICATES_MAX = 5;
/** Days within which a removed lead can be restored. */
export const LEAD_RESTORE_DAYS = 30;
/** A file of leads: its bytes, its rows, and how many of them one call takes. */
export const LEAD_IMPORT_BYTES_MAX = 5 * 1024 * 1024;
export const LEAD_IMPORT_ROWS_MAX = 10_000;
export const LEAD_IMPORT_BATCH = 50;
/** Days of one analytics overview, and rows of sums that it reads. */
export const ANALYTICS_DAYS_DEFAULT = 14;
export const ANALYTICS_DAYS_MAX = 90;
export const ANALYTICS_ROWS_MAX = 8_000;
/** Live API keys of one workspace. */
export const API_KEYS_MAX = 20;
/** Agent tokens of one workspace, and how long one may live. */
export const AGENT_TOKENS_MAX = 100;
export const AGENT_TOKEN_DAYS_MAX = 365;
export const IDEMPOTENCY_KEY_MAX = 255;
/** Days that events stay in the change feed. */
export const EVENT_DAYS = 30;
export const WEBHOOK_URL_MAX = 2_048;
/** Automatic attempts of one webhook delivery. */
export const WEBHOOK_ATTEMPTS = 6;
/** Webhook endpoints of one workspace. */
export const WEBHOOKS_MAX = 20;
/** Days that webhook deliveries stay in the event log. */
export const WEBHOOK_DAYS = 30;
/** Rows of `webhooks:listRecentEvents`. */
export const WEBHOOK_LOG_DEFAULT = 30;
export const WEBHOOK_LOG_MAX = 200;
/** Attempts of one delivery that are shown, the newest. */
export const WEBHOOK_ATTEMPTS_SHOWN = 50;
/** Deliveries that `webhooks:countReplayable` counts. */
export const REPLAYABLE_COUNT_MAX = 1_000;
/** Rows of `notifications:listActivity`. */
export const ACTIVITY_LIMIT_DEFAULT = 100;
export const ACTIVITY_LIMIT_MAX = 500;
/** Unread notifications that are counted. */
export const UNREAD_ACTIVITY_MAX = 100;
/** Days that notifications stay. */
export const NOTIFICATION_DAYS = 90;
/** Brands of one workspace. */
export const BRANDS_MAX = 200;
/** Bytes of a logo that is uploaded. */
export const LOGO_MAX = 1024 * 1024;
/** Conversations of one brand that wait and are counted. */
export const BRAND_WAITING_MAX = 100;
/** Origins that a brand remembers its widget was seen on, and how often a sighting of one is written. */
export const WIDGET_SIGHTINGS_MAX = 20;
export const WIDGET_SIGHTING_MS = 60_000;
/** What a brand sets about its widget. */
export const WELCOME_MAX = 500;
export const ALLOWED_ORIGINS_MAX = 50;
export const LINK_MAX = 2_048;
export const CONSENT_TEXT_MAX = 300;
export const WIDGET_TEXTS_MAX = 100;
export const WIDGET_TEXT_MAX = 300;
/** People who are erased together. */
export const ERASABLE_MAX = 50;
/** Days that the file of an export stays, and exports of one operator at a time. */
export const EXPORT_DAYS = 7;
export const EXPORTS_MAX = 5;
/** Days after which finished conversations may be deleted, and those of the webhook event log. */
export const RETENTION_DAYS_MIN = 30;
export const RETENTION_DAYS_MAX = 3_650;
/** Conversations that the preview of a retention counts. */
export const RETENTION_PREVIEW_MAX = 1_000;
/** Searches: code units of a query, results of each kind, and code units that a result shows of its text. */
export const SEARCH_QUERY_MIN = 2;
export const SEARCH_QUERY_MAX = 200;
export const SEARCH_LIMIT_DEFAULT = 20;
export const SEARCH_LIMIT_MAX = 100;
export const SEARCH_SNIPPET_MAX = 160;
/** Signed identities: characters of a token and of the person's id in it, and how far ahead it may expire. */
export const IDENTITY_TOKEN_MAX = 4_096;
export const EXTERNAL_ID_MAX = 255;
export const IDENTITY_TOKEN_HOURS = 24;
/** Days that the secret before still counts after a rotation. */
export const IDENTITY_OVERLAP_DAYS = 7;
/** Tags: characters of one, tags of one conversation, and different ones of one brand. */
export const TAG_MAX = 32;
export const TAGS_PER_CONVERSATION = 12;
export const TAGS_PER_BRAND = 200;
/** Atlas: tokens of a month where nobody set a budget, and what one run may take of them. */
export const ATLAS_BUDGET_DEFAULT = 2_000_000;
export const ATLAS_RUN_TOKENS_MAX = 16_000;
export const ATLAS_ANSWER_TOKENS_MAX = 600;
export const ATLAS_INSTRUCTIONS_MAX = 4_000;
/** The question of a run, and how many turns before it the model gets. */
export const ATLAS_QUESTION_MAX = 2_000;
export const ATLAS_HISTORY_MAX = 20;
/** Rows of a page of runs; days that runs stay. */
export const ATLAS_RUN_DAYS = 90;
/** Questions of one brand that evaluate its knowledge. */
export const ATLAS_QUESTIONS_MAX = 100;
/** Sources of one brand; characters of a source's text; bytes of a file that becomes one. */
export const KNOWLEDGE_SOURCES_MAX = 500;
export const KNOWLEDGE_TEXT_MAX = 300_000;
export const KNOWLEDGE_FILE_MAX = 10 * 1024 * 1024;
export const KNOWLEDGE_TITLE_MAX = 200;
/** Conversations that one `conversations:changeMany` may change, and how far ahead one may be snoozed. */
export const CHANGE_MANY_MAX = 200;
export const SNOOZE_DAYS_MAX = 366;
