import type { TestProject } from 'vitest/node';
import { type Bundle, bundleProgram } from './bundle.ts';

/** Before the first test: bundles the program, anew whenever tests run again because a file has changed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let bundle: Bundle | undefined;
  const renew = async () => {
    await bundle?.remove();
    bundle = await bundleProgram();
    // The processes of the tests inherit it.
    process.env.CARETAKER_TEST_BUNDLE = bundle.entry;
  };
  await renew();
  project.onTestsRerun(renew);
  return async () => bundle?.remove();
}
