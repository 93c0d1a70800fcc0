import { expect, it } from 'vitest';
import { allVariables } from '../../src/config/settings/all.ts';
import { readText } from '../../src/config/settings/read-group.ts';
import { isServiceName } from '../../src/config/settings/service-link.ts';
import { nearlyOurs, unknownVariables } from '../../src/config/unknown.ts';
import { jobs } from '../../src/jobs/index.ts';

it.each([
  ['CARETAKER_MOED', 'is not known; did you mean CARETAKER_MODE?'],
  ['POINTSHARP_PASWORD', 'is not known; did you mean POINTSHARP_PASSWORD?'],
  ['POINTSHARP_PASSWORD_FIL', 'is not known; did you mean POINTSHARP_PASSWORD_FILE?'],
  ['SUPEROFFICE_REQUESTS_PER_SEC', 'is not known; did you mean SUPEROFFICE_REQUESTS_PER_SECOND?'],
  ['PURGE_WINDOWS_MAXACTIONS', 'is not known; did you mean PURGE_WINDOWS_MAX_ACTIONS?'],
  ['REFRESH_TIMED_DEVICES_ACTIV_WITHIN', 'is not known; did you mean REFRESH_TIMED_DEVICES_ACTIVE_WITHIN?'],
  ['AUDIT_POCKET_MIN_OSS', 'is not known; did you mean AUDIT_POCKET_MIN_OS?'],
  // A setting that is no secret cannot come as a file.
  ['POINTSHARP_USERNAME_FILE', 'is not known; did you mean POINTSHARP_USERNAME?'],
  ['CARETAKER_SOMETHING_ALTOGETHER_DIFFERENT', 'is not known'],
])('the unknown variable %s is a problem: it %s', (variable, message) => {
  expect(unknownVariables({ [variable]: 'x' }, jobs)).toMatchObject([{ variable, message, kind: 'name' }]);
});

it.each([
  ...['PATH', 'HOME', 'REDIS_HOST', 'REDIS_PASSWORD', 'REDIS_URL', 'LOG_LEVEL', 'CARETAKERS', 'POINTSHARP'],
  ...['CARETAKER_MODE', 'POINTSHARP_PASSWORD_FILE', 'POINTSHARP_CA_FILE', 'REDIS_URL_FILE'],
])('the variable %s of others or of ours is no problem', (variable) => {
  expect(unknownVariables({ [variable]: 'x' }, jobs)).toEqual([]);
});

it.each([
  ...['CARETAKER_REDIS_SERVICE_HOST', 'CARETAKER_REDIS_SERVICE_PORT', 'CARETAKER_REDIS_SERVICE_PORT_REDIS'],
  ...['CARETAKER_REDIS_PORT', 'CARETAKER_REDIS_PORT_6379_TCP', 'CARETAKER_REDIS_PORT_6379_TCP_ADDR'],
  ...['CARETAKER_REDIS_PORT_6379_TCP_PORT', 'CARETAKER_REDIS_PORT_6379_TCP_PROTO', 'POINTSHARP_SERVICE_HOST'],
  ...['SUPEROFFICE_PORT_53_UDP'],
])('the variable %s, which Kubernetes adds for a service, is no problem', (variable) => {
  expect(unknownVariables({ [variable]: 'tcp://10.0.0.1:6379' }, jobs)).toEqual([]);
});

it('an unknown variable that is there without a value is no problem', () => {
  expect(unknownVariables({ CARETAKER_MOED: undefined }, jobs)).toEqual([]);
});

it('every variable of ours that Kubernetes may name for a service is left out when it has the address of one', () => {
  const ours = allVariables(jobs).filter(([name]) => isServiceName(name));
  expect(ours.map(([name]) => name)).toEqual(['OPS_PORT']);
  for (const [name, setting] of ours) {
    for (const protocol of ['tcp', 'udp', 'sctp']) {
      expect(readText(name, setting, { [name]: `${protocol}://10.43.0.7:9090` })).toEqual({
        text: undefined,
      });
    }
    expect(readText(name, setting, { [name]: 'http://10.43.0.7' })).toEqual({ text: 'http://10.43.0.7' });
  }
});

it.each([
  ['REFRESH_TIMED_DEVICE_UNIT', 'REFRESH_TIMED_DEVICES_UNIT'],
  ['PURGE_WINDOW_ENABLED', 'PURGE_WINDOWS_ENABLED'],
  ['CARETAKR_MODE', 'CARETAKER_MODE'],
  ['POINTSHRP_URL', 'POINTSHARP_URL'],
])(
  'the variable %s, which would be ours but for its prefix, is told with the one that was meant',
  (name, meant) => {
    const [problem, ...more] = nearlyOurs({ [name]: 'x' }, jobs);
    expect(problem).toMatchObject({ variable: name, meant });
    expect(more).toEqual([]);
  },
);

it('variables of others are theirs, however long they are', () => {
  const others = [
    'XDG_RUNTIME_DIR',
    'KUBERNETES_SERVICE_HOST',
    'HTTPS_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'HOSTNAME',
  ];
  const environment = Object.fromEntries(
    [...others, 'POINTSHARP_URL', 'NPM_CONFIG_LOGLEVEL'].map((name) => [name, 'x']),
  );
  expect(nearlyOurs(environment, jobs)).toEqual([]);
});
