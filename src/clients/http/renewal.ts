import type { FromFiles } from '../../config/vendors/vendors.ts';
import { SettingError } from '../../domain/setting-error.ts';

/** How the settings of a connection are made again from those of a vendor; undefined when none stands in a file. */
export function renewalOf<Config, Settings>(
  files: FromFiles<Config> | undefined,
  settingsOf: (config: Config) => Settings,
): FromFiles<Settings> | undefined {
  if (!files) return undefined;
  return {
    stamp: files.stamp,
    read() {
      const config = files.read();
      if (!config) return undefined;
      try {
        return settingsOf(config);
      } catch (error) {
        // A certificate without its key is one of two files that are being replaced.
        if (error instanceof SettingError) return undefined;
        throw error;
      }
    },
  };
}
