import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { english, type Texts } from "../texts";

export const TextsContext = createContext<Texts>(english);

/** How the visitor writes times and numbers, in the panel's language. */
export const LocaleContext = createContext("en");
export const useLocale = (): string => useContext(LocaleContext);

/** The texts of the widget that the component belongs to: two of one page may differ. */
export const useTexts = (): Texts => useContext(TextsContext);
