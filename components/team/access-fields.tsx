"use client";

import type { Brand } from "@/components/hooks/rows";
import { useSession } from "@/components/session/session-provider";
import { CheckGroup } from "@/components/ui/check-group";
import { ChoiceGroup } from "@/components/ui/choice-group";
import type { BrandAccess, OperatorRole } from "@/convex/validators";
import { ROLE_HINT, ROLE_WORD } from "./team-text";

/** What somebody may do, and for which brands, as it is being chosen. */
export type Access<Role extends OperatorRole = OperatorRole> = { role: Role; brandAccess: BrandAccess };

type AccessFieldsProps<Role extends OperatorRole> = {
  roles: readonly Role[];
  brands: readonly Brand[];
  value: Access<Role>;
  onChange: (value: Access<Role>) => void;
  /** What is wrong with the chosen brands. */
  error: string | null;
};

const REACH = [
  { value: "all", label: "All brands", hint: "Also those that are added later." },
  { value: "some", label: "Some brands", hint: "Sees nothing of the others." },
] as const;

/** A role, and brands where there is something to choose: an owner works for all, and one brand needs no choice. */
export function AccessFields<Role extends OperatorRole>(props: AccessFieldsProps<Role>) {
  const { roles, brands, value, onChange, error } = props;
  const seesAll = useSession().operator.brandAccess === "all";
  const limited = value.brandAccess !== "all";
  const offersBrands = value.role !== "owner" && (brands.length > 1 || !seesAll || limited);
  return (
    <>
      <ChoiceGroup
        legend="Role"
        choices={roles.map((role) => ({ value: role, label: ROLE_WORD[role], hint: ROLE_HINT[role] }))}
        value={value.role}
        onChange={(role) => onChange({ ...value, role })}
      />
      {offersBrands && seesAll ? (
        <ChoiceGroup
          legend="Works for"
          choices={REACH}
          value={limited ? "some" : "all"}
          onChange={(reach) => onChange({ ...value, brandAccess: reach === "all" ? "all" : [] })}
        />
      ) : null}
      {offersBrands && limited ? (
        <CheckGroup
          legend="Brands"
          choices={brands.map(({ _id, name }) => ({ value: _id, label: name, hint: "" }))}
          values={brands.filter(({ _id }) => value.brandAccess.includes(_id)).map(({ _id }) => _id)}
          onChange={(brandAccess) => onChange({ ...value, brandAccess })}
          error={error}
        />
      ) : null}
    </>
  );
}

/** Why these brands cannot be sent, or null. */
export function brandsError({ role, brandAccess }: Access): string | null {
  return role !== "owner" && brandAccess.length === 0 ? "Choose at least one brand." : null;
}
