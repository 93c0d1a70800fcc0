/** A name or id on a queue may be of any length, and a line of the log is none of a megabyte. */
const longestShown = 100;

/** A name or id from a queue, as messages and reports show it. */
export function shownName(name: string): string {
  return name.length <= longestShown ? name : `${name.slice(0, longestShown).toWellFormed()}…`;
}
