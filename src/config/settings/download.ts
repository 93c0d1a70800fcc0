import * as kind from '../kinds/index.ts';
import { setting, type ValuesOf } from './setting.ts';

/** The prefix of what describes a roster that is fetched by HTTP. */
export const downloadPrefix = 'ROSTER_HTTP_';

/** `ROSTER_HTTP_…`: a roster that a web server gives. */
export const downloadSettings = {
  headerName: setting(kind.headerName, {
    doc: 'Name of the header that signs in.',
    fallback: 'Authorization',
  }),
  headerValue: setting(kind.headerValue, {
    doc: 'Value of that header, such as Bearer and a token. Left out, nobody signs in.',
    secret: 'whole',
  }),
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust in addition to those of the system.',
  }),
  maxMegabytes: setting(kind.integer(1, 10_000), {
    doc: 'How large the answer may be. A larger one fails the run.',
    fallback: '256',
  }),
};

/** The settings of a roster from a web server, as they were written. */
export type DownloadValues = ValuesOf<typeof downloadSettings>;
