import { expect, it } from 'vitest';
import { listPauses, pause, resume } from '../../../src/queue/records/pauses.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

it('a resume in the middle of a pause leaves no queue held without a pause', async () => {
  const { context, another } = openQueueFixture(redis());
  const [one, other] = [context.queues, another().queues];
  const vendor = one.vendors.pointsharp;
  const hold = vendor.pause.bind(vendor);
  vendor.pause = async () => {
    await resume(other, 'pointsharp');
    await hold();
  };
  await pause(one, 'pointsharp', { by: 'kari' }, context.now());
  const isListed = (await listPauses(other)).length > 0;
  expect({ isListed, isHeld: await other.vendors.pointsharp.isPaused() }).toEqual({
    isListed,
    isHeld: isListed,
  });
});

it('whoever pauses a vendor while another resumes it, its queue is held just when its pause is listed', async () => {
  const { context, another } = openQueueFixture(redis());
  const [one, other] = [context.queues, another().queues];
  const wrong = { heldAndNotListed: 0, listedAndNotHeld: 0 };
  for (let round = 0; round < 100; round += 1) {
    await pause(one, 'pointsharp', { by: 'kari' }, context.now());
    await Promise.all([
      pause(one, 'pointsharp', { by: 'kari', note: 'again' }, context.now()),
      resume(other, 'pointsharp'),
    ]);
    const isListed = (await listPauses(other)).length > 0;
    const isHeld = await other.vendors.pointsharp.isPaused();
    if (isHeld && !isListed) wrong.heldAndNotListed += 1;
    if (isListed && !isHeld) wrong.listedAndNotHeld += 1;
  }
  expect(wrong).toEqual({ heldAndNotListed: 0, listedAndNotHeld: 0 });
});
