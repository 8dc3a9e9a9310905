"use client";

import { createContext } from "react";
import { USUAL_KEYS, type KeyChoice } from "./own-keys";

/** Which single keys the person at the page has. */
export const KeyChoiceContext = createContext<KeyChoice>(USUAL_KEYS);
