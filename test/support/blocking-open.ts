import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Loaded with --import, it plays a mount that hangs: opening the roster blocks its thread as an unreachable file server
 * does, which no flag prevents. The thread and the system call are real: it waits for somebody to write into a pipe.
 */

fs.open = new Proxy(fs.open, {
  apply(open, self, [path, flags, ...rest]) {
    const blocks = path === process.env.CARETAKER_ROSTER;
    return Reflect.apply(open, self, [path, blocks ? fs.constants.O_RDONLY : flags, ...rest]);
  },
});
syncBuiltinESMExports();
