/** A name before Japanese words: a half-width space follows it where it ends in a Latin letter, a digit or a sign. */
export function named(name: string): string {
  return /[!-~]$/.test(name) ? `${name} ` : name;
}
