import { isLoopbackAddress } from '../kinds/address.ts';
import { type DownloadValues, downloadPrefix, downloadSettings } from '../settings/download.ts';
import { createProblem, type Problem } from '../settings/problem.ts';
import { type Environment, readGroup } from '../settings/read-group.ts';

/** A roster that a web server gives. */
export interface DownloadConfig extends DownloadValues {
  /** Without user, query and fragment, so that it can be shown. */
  readonly url: URL;
  /** The same with what its files hold now, of which what signs in is one; undefined while they cannot be used. */
  readonly again?: () => DownloadConfig | undefined;
}

interface DownloadReading {
  /** Undefined where the roster is something else. */
  readonly download: DownloadConfig | undefined;
  readonly secrets: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads how the roster is fetched, where CARETAKER_ROSTER is the address of a web server. */
export function readDownload(roster: string | undefined, environment: Environment): DownloadReading {
  const { values, texts, secrets, problems } = readGroup(downloadPrefix, downloadSettings, environment);
  const address = roster?.trim() ?? '';
  if (!/^https?:\/\//i.test(address)) {
    const isSet = Object.keys(texts).length > 0 || secrets.length > 0;
    return { download: undefined, secrets, problems: isSet ? [...problems, unused] : problems };
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.username || url.password || url.search || url.hash) {
    return { download: undefined, secrets, problems: [...problems, badAddress] };
  }
  if (url.protocol === 'http:' && !isLoopbackAddress(url)) {
    return { download: undefined, secrets, problems: [...problems, inClear] };
  }
  return { download: { ...values, url }, secrets, problems };
}

const unused = createProblem({
  variable: `${downloadPrefix}*`,
  kind: 'mismatch',
  problem: 'has no effect: CARETAKER_ROSTER names no web server',
  advice: 'set CARETAKER_ROSTER to an https address, or remove the variables',
});

/** Its value is not shown: there may be a password in it. */
const badAddress = createProblem({
  variable: 'CARETAKER_ROSTER',
  kind: 'value',
  problem: 'expected an https address without user, query or fragment',
  advice: `sign in by ${downloadPrefix}HEADER_VALUE_FILE`,
});

const inClear = createProblem({
  variable: 'CARETAKER_ROSTER',
  kind: 'value',
  problem: 'is fetched in clear, and names everybody',
  advice: 'use https',
});
