"use client";

import type { Brand } from "@/components/hooks/rows";
import { useSession } from "@/components/session/session-provider";
import { SelectField } from "@/components/ui/select-field";

type BrandFieldProps = {
  brands: readonly Brand[];
  hint: string;
  /** Null: all brands. */
  initial?: string | null;
};

/** One brand or all of them, as the form's field "brand": empty for all. Left out where there is nothing to choose. */
export function BrandField({ brands, hint, initial = null }: BrandFieldProps) {
  const seesAll = useSession().operator.brandAccess === "all";
  if (brands.length <= 1 && seesAll) return null;
  return (
    <SelectField label="Brand" name="brand" defaultValue={initial ?? undefined} hint={hint}>
      {seesAll ? <option value="">All brands</option> : null}
      {brands.map((brand) => (
        <option key={brand._id} value={brand._id}>
          {brand.name}
        </option>
      ))}
    </SelectField>
  );
}
