import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These take by far the longest; begun last, each would go on alone when all others have ended. */
const longest = [
  'faults/faults',
  'ops/traces',
  'config/schedule/clock-changes',
  'ops/health/probes',
  'k8s/manifests',
  'commands/outputs',
  'commands/run-overlap',
  'commands/stop',
  'commands/run/settle',
  'commands/ceiling',
  'commands/outage',
  'commands/redis-refuses',
  'commands/processes',
  'commands/worker',
].map((name) => `/test/${name}.test.ts`);

/** Begins the longest files first: of a fresh checkout vitest knows no durations yet. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? longest.length : place;
    };
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}
