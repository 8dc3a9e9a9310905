import { clsx, type ClassValue } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// Without the names of our type sizes, "text-12" would be taken for a colour and dropped beside "text-ink".
const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: ["12", "13", "14", "15", "17", "21", "28", "40"],
      "font-weight": ["normal", "medium", "button", "strong", "heavy"],
    },
  },
});

/** Joins class names; of two Tailwind classes for one property, the later wins. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
