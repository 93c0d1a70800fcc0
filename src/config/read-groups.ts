import { envPrefix } from '../domain/vendor.ts';
import { readAssociates } from './roster/associates.ts';
import { readDirectories } from './roster/directories.ts';
import { readDownload } from './roster/download.ts';
import {
  bareSettings,
  caretakerSettings,
  opsSettings,
  otelSettings,
  pointsharpSettings,
  redisSettings,
  superofficeSettings,
} from './settings/groups.ts';
import { type Environment, readGroup } from './settings/read-group.ts';
import { atTenant } from './vendors/superoffice-online.ts';

/** Reads every group of variables but those of the jobs; `again`: how those are read once more that may stand in files. */
export function readGroups(environment: Environment) {
  const caretaker = readGroup('CARETAKER_', caretakerSettings, environment);
  const associates = readAssociates(caretaker.values, environment);
  const again = {
    pointsharp: () => readGroup(envPrefix('pointsharp'), pointsharpSettings, environment),
    superoffice: () => {
      const reading = readGroup(envPrefix('superoffice'), superofficeSettings, environment);
      return { ...reading, values: atTenant(reading.values) };
    },
    directories: () => readDirectories(associates.users, environment, associates.rule),
    download: () => readDownload(associates.users, environment),
  };
  const groups = {
    bare: readGroup('', bareSettings, environment),
    redis: readGroup('REDIS_', redisSettings, environment),
    caretaker,
    associates,
    directories: again.directories(),
    download: again.download(),
    pointsharp: again.pointsharp(),
    superoffice: again.superoffice(),
    ops: readGroup('OPS_', opsSettings, environment),
    otel: readGroup('OTEL_', otelSettings, environment),
  };
  return { groups, again };
}
