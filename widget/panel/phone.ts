/** ISO 3166 country code and calling code, for every country and territory that has one of its own. */
const COUNTRIES =
  "AC247AD376AE971AF93AG1AI1AL355AM374AO244AR54AS1AT43AU61AW297AX358AZ994BA387BB1BD880BE32BF226BG359BH973BI257BJ229BL590BM1BN673BO591BQ599BR55BS1BT975BW267BY375BZ501CA1CC61CD243CF236CG242CH41CI225CK682CL56CM237CN86CO57CR506CU53CV238CW599CX61CY357CZ420DE49DJ253DK45DM1DO1DZ213EC593EE372EG20EH212ER291ES34ET251FI358FJ679FK500FM691FO298FR33GA241GB44GD1GE995GF594GG44GH233GI350GL299GM220GN224GP590GQ240GR30GT502GU1GW245GY592HK852HN504HR385HT509HU36ID62IE353IL972IM44IN91IO246IQ964IR98IS354IT39JE44JM1JO962JP81KE254KG996KH855KI686KM269KN1KP850KR82KW965KY1KZ7LA856LB961LC1LI423LK94LR231LS266LT370LU352LV371LY218MA212MC377MD373ME382MF590MG261MH692MK389ML223MM95MN976MO853MP1MQ596MR222MS1MT356MU230MV960MW265MX52MY60MZ258NA264NC687NE227NF672NG234NI505NL31NO47NP977NR674NU683NZ64OM968PA507PE51PF689PG675PH63PK92PL48PM508PR1PS970PT351PW680PY595QA974RE262RO40RS381RU7RW250SA966SB677SC248SD249SE46SG65SH290SI386SJ47SK421SL232SM378SN221SO252SR597SS211ST239SV503SX1SY963SZ268TA290TC1TD235TG228TH66TJ992TK690TL670TM993TN216TO676TR90TT1TV688TW886TZ255UA380UG256US1UY598UZ998VA39VC1VE58VG1VI1VN84VU678WF681WS685XK383YE967YT262ZA27ZM260ZW263";

export type Country = { iso: string; code: string };

export const countries: readonly Country[] = [...COUNTRIES.matchAll(/(\D+)(\d+)/g)].map(
  ([, iso = "", code = ""]) => ({ iso, code }),
);

const FALLBACK_COUNTRY = "US";

/** Where several countries share a calling code, the one that most numbers of that code belong to. */
const MAIN_COUNTRIES = ["US", "GB", "RU", "IT", "AU", "FI", "FR", "NO", "MA"];

/** Countries whose numbers keep a leading zero after the calling code; elsewhere it is dialled inside only. */
const ZERO_KEEPING_CODES = ["39", "378", "225", "241", "242"];

export function callingCode(iso: string): string {
  return countries.find((country) => country.iso === iso)?.code ?? "";
}

/** The country of a browser's language: "de-CH" is CH, and a bare "de" counts as DE. */
export function countryOfLanguage(language: string): string {
  try {
    const region = new Intl.Locale(language).maximize().region ?? "";
    return callingCode(region) ? region : FALLBACK_COUNTRY;
  } catch {
    return FALLBACK_COUNTRY;
  }
}

/**
 * A typed number with its calling code in front, still unchecked. A number that brings its own code (+ or 00)
 * keeps it; any other is taken as dialled inside the country, so a leading zero goes, as in 030 → +49 30.
 */
export function withCountryCode(typed: string, iso: string): string {
  const number = typed.trim().replace(/\(0\)/, "");
  if (number === "" || /^(\+|00)/.test(number)) return number;
  const code = callingCode(iso);
  if (ZERO_KEEPING_CODES.includes(code)) return `+${code} ${number}`;
  // North America dials a 1 inside, which is also its calling code.
  const prefix = code === "1" ? /^(\(?)1/ : /^(\(?)0/;
  return `+${code} ${number.replace(prefix, "$1")}`;
}

/** Splits a number that brings its own calling code, so that the country beside it can follow. Null for others. */
export function splitCallingCode(typed: string, currentIso: string): { iso: string; rest: string } | null {
  const international = /^\s*(?:\+|00)\s*(\d[\d\s().\-/]*)$/.exec(typed)?.[1];
  if (!international) return null;
  const digits = international.replace(/\D/g, "");
  const matches = countries.filter(({ code }) => digits.startsWith(code));
  const code = matches.map((country) => country.code).sort((a, b) => b.length - a.length)[0];
  if (!code) return null;
  const sharing = matches.filter((country) => country.code === code).map(({ iso }) => iso);
  const iso =
    sharing.find((candidate) => candidate === currentIso) ??
    sharing.find((candidate) => MAIN_COUNTRIES.includes(candidate)) ??
    sharing[0];
  return iso ? { iso, rest: afterDigits(international, code.length) } : null;
}

/** The text after its first `count` digits, spaces and brackets as they were typed. */
function afterDigits(text: string, count: number): string {
  let seen = 0;
  let end = 0;
  while (seen < count) seen += /\d/.test(text[end++] ?? "0") ? 1 : 0;
  return text.slice(end).replace(/^[\s().\-/]+/, (start) => (start.includes("(") ? "(" : ""));
}
