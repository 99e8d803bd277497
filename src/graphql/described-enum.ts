import { builder } from './builder.ts';

/** A GraphQL enum from the array that the domain declares, each value with its meaning: a missing one does not compile. */
export function describedEnum<const Value extends string>(
  name: string,
  options: { description: string; values: readonly Value[]; meaning: Record<Value, string> },
) {
  const values = Object.fromEntries(
    options.values.map((value) => [value, { value, description: options.meaning[value] }]),
  ) as { [Key in Value]: { value: Key; description: string } }; // fromEntries forgets the keys that values has
  return builder.enumType(name, { description: options.description, values });
}
