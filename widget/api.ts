/**
 * What `window.PraxTalk` offers to the page that carries the widget; docs/widget.md explains it. A page in TypeScript
 * copies this file.
 */

/** What the fields of the form start with; in a running chat, `message` starts an empty composer. */
export type Prefill = { name?: string; email?: string; phone?: string; message?: string };

/** A message that came or went after the page was loaded. */
export type MessageEventDetail = {
  from: "visitor" | "operator" | "atlas" | "system";
  text: string;
  /** Unix milliseconds. */
  at: number;
};

/** What became of the identity that the page has given; `reason` is for its developer. */
export type IdentityEventDetail = { status: "verified" } | { status: "refused" | "expired"; reason: string };

/** What the page tells the team about itself and its visitor; 4,096 characters as JSON. */
export type PageData = Record<string, string | number | boolean | null>;

/** The events with what their listeners get. */
export type WidgetEvents = {
  /** The launcher is on the page. A listener that comes later is called at once. */
  ready: undefined;
  open: undefined;
  close: undefined;
  message: MessageEventDetail;
  identity: IdentityEventDetail;
  /** How many answers the visitor has not seen. */
  unread: number;
};

/** One widget of the page. Every method does nothing once the widget is destroyed. */
export interface PraxTalkWidget {
  readonly widgetId: string;
  open(): void;
  close(): void;
  toggle(): void;
  prefill(values: Prefill): void;
  /** Who is signed in on the page, by a token that the site has signed; null: nobody. */
  identify(token: string | null): void;
  setPageData(data: PageData): void;
  /** Returns the way to stop listening. */
  on<Name extends keyof WidgetEvents>(
    event: Name,
    listener: (detail: WidgetEvents[Name]) => void,
  ): () => void;
  off<Name extends keyof WidgetEvents>(event: Name, listener: (detail: WidgetEvents[Name]) => void): void;
  /** Takes the widget off the page with all that belongs to it; what the visitor wrote stays stored. */
  destroy(): void;
}

/** `window.PraxTalk` once the script has run. The methods of a widget go to the first one of the page. */
export interface PraxTalk extends Omit<PraxTalkWidget, "widgetId"> {
  /** The widget with this id, if it is on the page. */
  get(widgetId: string): PraxTalkWidget | undefined;
  /** Puts a widget on the page, or gives the one that is there. */
  mount(widgetId: string): PraxTalkWidget;
  /** Calls each function with this object; before the script has run, an array at its place keeps them. */
  push(...calls: ((praxtalk: PraxTalk) => void)[]): void;
}

declare global {
  interface Window {
    PraxTalk?: PraxTalk | ((praxtalk: PraxTalk) => void)[];
  }
}
