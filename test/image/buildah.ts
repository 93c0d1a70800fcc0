import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, show } from './shell.ts';

/** Images and containers of the script's own, which no other program on the machine sees. */
const storage = join(homedir(), '.cache', 'device-caretaker-image');
const own = [
  '--root',
  join(storage, 'storage'),
  '--runroot',
  join(storage, 'run'),
  '--storage-driver',
  'vfs',
] as const;
/** Certificates that this machine trusts; a registry behind a proxy of one's own may need them. */
const machineCertificates = '/etc/ssl/certs/ca-certificates.crt';

/** What an image says about itself. */
export interface ImageFacts {
  readonly user: string;
  readonly workingDir: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Layers of the image, unpacked. */
  readonly bytes: number;
}

export function buildah(...words: readonly string[]): Promise<string> {
  return call('buildah', ...own, ...words);
}

/** Builds a target of the Dockerfile on a base image. */
export async function build(project: string, target: string, base: string, image: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-npmrc-'));
  try {
    const npmrc = join(folder, 'npmrc');
    const settings = await readFile(join(homedir(), '.npmrc'), 'utf8').catch(() => '');
    const trusted = existsSync(machineCertificates);
    const lines = [settings.trim(), ...(trusted ? [`cafile=${machineCertificates}`] : []), ''];
    await writeFile(npmrc, lines.join('\n'), { mode: 0o600 });
    await show(
      'buildah',
      ...own,
      'build',
      '--isolation=chroot',
      '--format=docker',
      '--quiet',
      `--target=${target}`,
      `--build-arg=NODE_IMAGE=${base}`,
      '--build-arg=VERSION=0.0.0-trial',
      '--build-arg=REVISION=trial',
      `--secret=id=npmrc,src=${npmrc}`,
      // Over the base's own; a mount of the build stays in no layer.
      ...(trusted ? [`--volume=${machineCertificates}:${machineCertificates}:ro`] : []),
      `--tag=${image}`,
      project,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is written in the image's configuration, and its size. */
export async function inspect(image: string): Promise<ImageFacts> {
  const { Docker: docker } = JSON.parse(await buildah('inspect', '--type', 'image', image));
  const { config } = docker;
  const [{ size } = { size: '' }] = JSON.parse(await buildah('images', '--json', image));
  return {
    user: config.User,
    workingDir: config.WorkingDir,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    environment: config.Env ?? [],
    labels: config.Labels ?? {},
    bytes: bytesOf(String(size)),
  };
}

function bytesOf(text: string): number {
  const [, amount = '0', unit = 'B'] = /^([\d.]+)\s*([KMG]?B)$/.exec(text) ?? [];
  return Number(amount) * ({ B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }[unit] ?? 1);
}

/** The files of an image on this machine, until they are let go. */
export async function mount(
  image: string,
): Promise<{ readonly root: string; readonly release: () => Promise<void> }> {
  const container = await buildah('from', '--pull-never', image);
  const root = await buildah('mount', container);
  return {
    root,
    release: async () => {
      await buildah('rm', container);
    },
  };
}
