/** Control characters, ends of lines, lone surrogates, and letters without a shape but the two that join others. */
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** What JSON.stringify leaves as it is of these. */
const invisibleInJson = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Most lines are plain, and to see that takes a fraction of the time that properties of letters take. */
const isPlain = /^[\n -~]*$/;

/**
 * Shows in a text from elsewhere what a terminal would obey: `\u001b` in place of the character. The result is one line.
 */
export function printable(text: string): string {
  return text.replace(invisible, escaped);
}

/** The same for a JSON document, which means the same afterwards; its own ends of lines stay. */
export function printableJson(json: string): string {
  return isPlain.test(json) ? json : json.replace(invisibleInJson, escaped);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
