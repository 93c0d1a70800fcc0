import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/* Notes every module that a process loads, by import or require, in the file that NOTED_MODULES names. */
const file = process.env.NOTED_MODULES ?? '';
registerHooks({
  load(url, context, next) {
    appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
