import { Misconfigured } from '../../errors/vendor-error.ts';

/** What signs in for a while. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  /** How long it lives, in milliseconds. */
  readonly lifetimeMs: number;
  /** Whether each use begins its life anew. */
  readonly slides: boolean;
}

/** What signs in now, renewed as it is needed. It never leaves the process. */
export interface Credentials {
  /** One that will live for a while. Whoever asks while it is renewed gets the same. @throws VendorError */
  current(): Promise<Credential>;
  /**
   * Another one in place of one that the server refused.
   *
   * @returns undefined when that one is so new that its age is not what it was refused for
   * @throws VendorError
   */
  replace(refused: Credential): Promise<Credential | undefined>;
  /** It was sent, and begins to live anew if it slides. */
  used(credential: Credential): void;
  /** Something else may sign in from now on: what is held is no longer used. */
  forget(): void;
}

/** It is renewed so long before its end, or a tenth of its life before: a batch must not meet the end. */
const marginMs = 5 * 60_000;
/** A credential refused within this time was not too old, and a refusal to sign in holds so long: nobody is to hammer. */
const graceMs = 60_000;

interface Held {
  readonly credential: Credential;
  readonly sinceMs: number;
  usedMs: number;
}

/**
 * Keeps a credential.
 *
 * @param obtain signs in
 * @param nowMs the time, epoch milliseconds
 */
export function createCredentials(obtain: () => Promise<Credential>, nowMs: () => number): Credentials {
  let held: Held | undefined;
  let renewing: Promise<Credential> | undefined;
  let refusal: { readonly error: Misconfigured; readonly atMs: number } | undefined;
  /** When it could last not be renewed ahead of its end. */
  let troubleMs: number | undefined;
  /** Counts what was forgotten: what is on its way then is not kept. */
  let generation = 0;

  async function signIn(): Promise<Credential> {
    if (refusal && nowMs() - refusal.atMs < graceMs) throw refusal.error;
    refusal = undefined;
    const begunIn = generation;
    try {
      const credential = await obtain();
      if (begunIn === generation) held = { credential, sinceMs: nowMs(), usedMs: nowMs() };
      return credential;
    } catch (error) {
      if (error instanceof Misconfigured && begunIn === generation) refusal = { error, atMs: nowMs() };
      throw error;
    }
  }

  function renew(): Promise<Credential> {
    renewing ??= signIn().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  function endOf({ credential: { lifetimeMs, slides }, sinceMs, usedMs }: Held): number {
    return (slides ? usedMs : sinceMs) + lifetimeMs;
  }

  return {
    async current() {
      const now = nowMs();
      if (!held) return renew();
      const { credential } = held;
      const end = endOf(held);
      if (now < end - Math.min(marginMs, credential.lifetimeMs / 10)) return credential;
      if (now >= end) return renew();
      // It still lives: an outage of the host that signs in is none of the tenant.
      if (troubleMs !== undefined && now - troubleMs < graceMs) return credential;
      return renew().catch((error: unknown) => {
        if (error instanceof Misconfigured) throw error;
        troubleMs = nowMs();
        return credential;
      });
    },
    async replace(refused) {
      if (held && held.credential !== refused) return held.credential;
      if (held && nowMs() - held.sinceMs < graceMs) return undefined;
      return renew();
    },
    used(credential) {
      if (held?.credential === credential) held.usedMs = nowMs();
    },
    forget() {
      generation += 1;
      held = undefined;
      refusal = undefined;
      renewing = undefined;
    },
  };
}
