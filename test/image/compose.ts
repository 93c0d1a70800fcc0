import { z } from 'zod';

/*
 * The part of the Compose specification that compose.yaml uses. Strict: a field that is not here is either misspelt or
 * new, and then has its place below.
 */

const words = z.array(z.string());
const port = z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'a port has to be published on 127.0.0.1 only');
const duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);

const service = z.strictObject({
  image: z.string().optional(),
  build: z
    .strictObject({
      context: z.literal('.'),
      target: z.string(),
      args: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  profiles: words.optional(),
  user: z.string().optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  network_mode: z
    .string()
    .regex(/^service:/)
    .optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  environment: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  ports: z.array(port).optional(),
  volumes: z.array(z.string().regex(/^[\w-]+:\/[\w/-]+(:ro)?$/)).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
  healthcheck: z
    .union([
      z.strictObject({
        test: z.tuple([z.literal('CMD')], z.string()),
        interval: duration,
        retries: z.int().positive(),
      }),
      z.strictObject({ disable: z.literal(true) }),
    ])
    .optional(),
  read_only: z.boolean().optional(),
  tmpfs: words.optional(),
  cap_drop: words.optional(),
  security_opt: words.optional(),
  mem_limit: z
    .string()
    .regex(/^\d+[bkmg]$/)
    .optional(),
  stop_grace_period: duration.optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
});

export const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
  volumes: z.record(z.string(), z.strictObject({})),
});

type ComposeFile = z.infer<typeof composeFile>;

/** Names in the file that lead nowhere, and orders that cannot be kept. */
export function composeProblems(
  { services, configs, volumes }: ComposeFile,
  targets: readonly string[],
): string[] {
  const built = Object.values(services).flatMap((one) => (one.build ? [one.image] : []));
  return Object.entries(services).flatMap(([name, one]) => {
    const host = one.network_mode?.slice('service:'.length);
    const missing: [what: string, isMissing: boolean][] = [
      [
        `an image that is built or has a version: ${one.image}`,
        !/:[\w.-]+\}?$/.test(one.image ?? '') && !built.includes(one.image),
      ],
      [`a stage ${one.build?.target}`, one.build !== undefined && !targets.includes(one.build.target)],
      [`a service ${host}`, host !== undefined && !services[host]],
      [`a network of its own to publish ports of`, host !== undefined && one.ports !== undefined],
      ...Object.entries(one.depends_on ?? {}).flatMap(([other, { condition }]): [string, boolean][] => {
        const health = services[other]?.healthcheck;
        return [
          [`a service ${other}`, !services[other]],
          [
            `a check of the health of ${other}`,
            condition === 'service_healthy' && !(health && 'test' in health),
          ],
          [
            `an end of ${other}`,
            condition === 'service_completed_successfully' && services[other]?.restart !== undefined,
          ],
        ];
      }),
      ...(one.volumes ?? []).map((volume): [string, boolean] => [
        `a volume ${volume}`,
        !volumes[volume.split(':')[0] ?? ''],
      ]),
      ...(one.configs ?? []).map(({ source }): [string, boolean] => [`a config ${source}`, !configs[source]]),
    ];
    return missing.filter(([, isMissing]) => isMissing).map(([what]) => `${name}: there is not ${what}`);
  });
}
