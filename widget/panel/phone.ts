/** ISO 3166 country code and calling code, for every country and territory that has one of its own. */
const COUNTRIES =
  "AC247 AD376 AE971 AF93 AG1 AI1 AL355 AM374 AO244 AR54 AS1 AT43 AU61 AW297 AX358 AZ994 BA387 BB1 BD880 BE32 BF226 BG359 BH973 BI257 BJ229 BL590 BM1 BN673 BO591 BQ599 BR55 BS1 BT975 BW267 BY375 BZ501 CA1 CC61 CD243 CF236 CG242 CH41 CI225 CK682 CL56 CM237 CN86 CO57 CR506 CU53 CV238 CW599 CX61 CY357 CZ420 DE49 DJ253 DK45 DM1 DO1 DZ213 EC593 EE372 EG20 EH212 ER291 ES34 ET251 FI358 FJ679 FK500 FM691 FO298 FR33 GA241 GB44 GD1 GE995 GF594 GG44 GH233 GI350 GL299 GM220 GN224 GP590 GQ240 GR30 GT502 GU1 GW245 GY592 HK852 HN504 HR385 HT509 HU36 ID62 IE353 IL972 IM44 IN91 IO246 IQ964 IR98 IS354 IT39 JE44 JM1 JO962 JP81 KE254 KG996 KH855 KI686 KM269 KN1 KP850 KR82 KW965 KY1 KZ7 LA856 LB961 LC1 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 MF590 MG261 MH692 MK389 ML223 MM95 MN976 MO853 MP1 MQ596 MR222 MS1 MT356 MU230 MV960 MW265 MX52 MY60 MZ258 NA264 NC687 NE227 NF672 NG234 NI505 NL31 NO47 NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 PR1 PS970 PT351 PW680 PY595 QA974 RE262 RO40 RS381 RU7 RW250 SA966 SB677 SC248 SD249 SE46 SG65 SH290 SI386 SJ47 SK421 SL232 SM378 SN221 SO252 SR597 SS211 ST239 SV503 SX1 SY963 SZ268 TA290 TC1 TD235 TG228 TH66 TJ992 TK690 TL670 TM993 TN216 TO676 TR90 TT1 TV688 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 VC1 VE58 VG1 VI1 VN84 VU678 WF681 WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263";

export type Country = { iso: string; code: string };

export const countries: readonly Country[] = COUNTRIES.split(" ").map((entry) => ({
  iso: entry.slice(0, 2),
  code: entry.slice(2),
}));

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
