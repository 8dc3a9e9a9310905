import type { Language } from "../shared/language";
import type { LoadedPanel } from "../shared/types";

/** Where one widget gets its configuration and its panel from. */
export type Source = {
  /** Origin of the HTTP routes, no trailing slash. */
  siteUrl: string;
  /** The panel and the visitor's language, together. `attempt` counts failures so far. */
  loadPanel: (language: Language, attempt: number) => Promise<LoadedPanel>;
};
