/*
 * Loaded before everything else (`node --import`), it puts the clock of a process forward: for luxon, BullMQ and our own
 * code, which all ask Date.now.
 */
const shiftMs = Number(process.env.SHIFT_MS ?? 0);
const real = Date.now;

Date.now = () => real() + shiftMs;
