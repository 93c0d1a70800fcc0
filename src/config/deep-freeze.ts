/** Freezes plain objects and lists through and through; what is of a class stays as it is. */
export function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (part?.constructor === Object || Array.isArray(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
