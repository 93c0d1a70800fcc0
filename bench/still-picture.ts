/**
 * Leaves out what is there for the mouse. It carries numbers that the library counts on from drawing to drawing, so that
 * the second of a process would differ from the first.
 */
export function stillPicture(svg: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, 'zr-');
}
