import { codeWords } from '../../domain/system-error.ts';

/** What undici calls its errors, and one of ours, in words like those of the system's codes. */
const words: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'response timed out',
  UND_ERR_BODY_TIMEOUT: 'response body timed out',
  NOT_WHOLE_IN_TIME: 'complete response timed out',
  UND_ERR_SOCKET: 'connection closed before the response was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'response cut short',
  UND_ERR_HEADERS_OVERFLOW: 'response headers too long',
};

/** The words for a code of the system or of undici; every code has some. */
export function connectionWords(code: string): string {
  return words[code] ?? codeWords(code) ?? 'connection failed';
}

/** The words for a code, and the code: `connection refused (ECONNREFUSED)`. */
export function codeText(code: string): string {
  return `${connectionWords(code)} (${code || 'no code'})`;
}
