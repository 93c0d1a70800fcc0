/*
 * Loaded before everything else (`node --import`), it puts the clock of a process forward: for luxon, BullMQ and our own
 * code, which all ask Date.now. SIGUSR2 sets it right.
 */
let shiftMs = Number(process.env.SHIFT_MS ?? 0);
const real = Date.now;

Date.now = () => real() + shiftMs;
process.on('SIGUSR2', () => {
  shiftMs = 0;
});
