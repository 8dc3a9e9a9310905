import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { english, type Texts } from "../texts";

export const TextsContext = createContext<Texts>(english);

/** The texts of the widget that the component belongs to: two of one page may differ. */
export const useTexts = (): Texts => useContext(TextsContext);
