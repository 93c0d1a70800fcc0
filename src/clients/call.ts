/** One request, without what all requests of a vendor have in common. */
export interface Call {
  /** Method and path as the vendor documents them: `GET Device`. */
  readonly operation: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Under the base address, without a leading slash, everything percent-encoded. */
  readonly path: string;
  /** JSON, or what the connections to its server are set to. */
  readonly body?: string;
  /** It changes nothing, though its method is POST. */
  readonly onlyReads?: true;
  /** Statuses that are no failure when JSON comes with them: it says what is the matter. */
  readonly expects?: readonly number[];
  /** Whom it is about, for people. */
  readonly subject: string;
}

/** A successful answer. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** An answer that came, whatever it says. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One header of an answer; of several the first. */
export function headerOf(answer: RawAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
