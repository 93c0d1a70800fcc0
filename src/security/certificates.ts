import { X509Certificate } from 'node:crypto';

const begin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const end = /^-----END (?:X509 |TRUSTED )?CERTIFICATE-----/m;

/**
 * What is wrong with a PEM file of certificates, as it reads after the name of the file; undefined when all of them can be
 * read. OpenSSL reads up to the first that is broken, and leaves out the others without a word.
 */
export function bundleProblem(pem: string): string | undefined {
  const starts = [...pem.matchAll(begin)].map(({ index }) => index);
  if (starts.length === 0) return 'contains no certificate in PEM format (-----BEGIN CERTIFICATE-----)';
  const broken: string[] = [];
  let before = '';
  for (const [index, start] of starts.entries()) {
    const subject = subjectOf(pem.slice(start, starts[index + 1]));
    const beginsLine = start === 0 || pem[start - 1] === '\n';
    if (subject === undefined || !beginsLine) {
      const line = pem.slice(0, start).split('\n').length;
      // Of a broken one no name can be read; the one before leads to it.
      const neighbor = before === '' ? '' : `, after ${before}`;
      broken.push(`number ${index + 1} (line ${line}${subject === undefined ? neighbor : `, ${subject}`})`);
    }
    before = subject ?? before;
  }
  if (broken.length === 0) return undefined;
  return `contains ${starts.length} certificates, and cannot be read at ${broken.join(', ')}`;
}

/** The subject on one line, or undefined when the certificate is broken. */
function subjectOf(block: string): string | undefined {
  if (!end.test(block)) return undefined;
  try {
    return new X509Certificate(block).subject.replaceAll('\n', ', ');
  } catch {
    return undefined;
  }
}
