import { jobPrefix } from '../config/settings/job.ts';
import { readTexts } from '../config/settings/read-group.ts';
import type { SettingTexts } from '../config/settings/setting.ts';
import type { AnyJob } from './index.ts';

const last = new Map<string, { readonly text: string; readonly policy: unknown }>();

/**
 * The policy that a run carries, whatever that of this process is. Each batch of a run asks, so the last one of a job is read
 * once.
 *
 * @throws CarriedPolicyError when this version of the program cannot use it
 */
export function carriedPolicy<J extends AnyJob>(job: J, texts: SettingTexts) {
  const text = JSON.stringify(texts);
  const known = last.get(job.name);
  const read = () => readTexts(jobPrefix(job.name), job.policy as J['policy'], texts);
  if (known?.text === text) return known.policy as ReturnType<typeof read>;
  const policy = read();
  last.set(job.name, { text, policy });
  return policy;
}
