import type { CheckLine } from './pages/doctor.ts';

/** What the console is handed because only a command has it. */
export interface ConsoleTools {
  /** Lets the doctor look at everything from this process; secrets are in no line. */
  examine(): Promise<readonly CheckLine[]>;
}
