import { useMemo, useRef, useState } from "preact/hooks";
import { callingCode, countries, countryOfLanguage, splitCallingCode } from "../phone";
import { Icon } from "./icon";
import { useLocale, useTexts } from "./texts-context";

/** What every field of the form gets from it. */
export type FieldProps = {
  name: string;
  id: string;
  defaultValue: string;
  readOnly: boolean;
  required: boolean;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
  onBlur: () => void;
  onInput: () => void;
};

/** A number with its country beside it. A number typed with its own calling code moves the country along. */
export function PhoneField({ inputProps, isBusy }: { inputProps: FieldProps; isBusy: boolean }) {
  const texts = useTexts();
  const locale = useLocale();
  const { defaultValue, onBlur, ...rest } = inputProps;
  const input = useRef<HTMLInputElement>(null);
  const select = useRef<HTMLSelectElement>(null);
  const [start] = useState(() => startingNumber(defaultValue));
  const [iso, setIso] = useState(start.iso);
  const options = useMemo(() => namedCountries(locale), [locale]);

  const followCallingCode = (): void => {
    const split = splitCallingCode(input.current?.value ?? "", iso);
    if (split && input.current && select.current) {
      input.current.value = split.rest;
      // Set here and not only by drawing: the check that follows reads the fields at once.
      select.current.value = split.iso;
      setIso(split.iso);
    }
    onBlur();
  };

  return (
    <div class="phone">
      <div class="country">
        <span aria-hidden="true">
          {iso} +{callingCode(iso)}
          <Icon name="down" />
        </span>
        <select
          ref={select}
          name="country"
          aria-label={texts.countryCode}
          value={iso}
          disabled={isBusy}
          onChange={(event) => setIso(event.currentTarget.value)}
        >
          {options.map((country) => (
            <option key={country.iso} value={country.iso}>
              {country.name} (+{country.code})
            </option>
          ))}
        </select>
      </div>
      <input
        ref={input}
        type="tel"
        autocomplete="tel"
        inputMode="tel"
        dir="ltr"
        {...rest}
        defaultValue={start.rest}
        onBlur={followCallingCode}
      />
    </div>
  );
}

function startingNumber(number: string): { iso: string; rest: string } {
  const local = countryOfLanguage(navigator.language);
  return splitCallingCode(number, local) ?? { iso: local, rest: number };
}

function namedCountries(locale: string): { iso: string; code: string; name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region" });
  return countries
    .map((country) => ({ ...country, name: names.of(country.iso) ?? country.iso }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}
