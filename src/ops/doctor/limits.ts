/** How long each check may take, in milliseconds: in sequence they stay under 15 seconds, whatever is down. */
export const limits = {
  redis: 4_000,
  schedules: 5_000,
  roster: 4_000,
  vendor: 9_000,
  unit: 5_000,
  account: 4_000,
};
