/** What the machine offers for installing a program. */
export interface Machine {
  readonly isRoot: boolean;
  /** Whether sudo works without a password. */
  readonly hasSudo: boolean;
  readonly hasProgram: (name: string) => boolean;
}

/** Commands to be run one after the other, each with its arguments. */
type Commands = readonly (readonly [program: string, ...args: string[]])[];
/** How each package manager installs a program; the first one that is there is used. */
type Recipes = Readonly<Record<string, Commands>>;

/** A Redis or Valkey server. */
const redisRecipes: Recipes = {
  brew: [['brew', 'install', 'redis']],
  'apt-get': [
    ['apt-get', 'update'],
    // RUNLEVEL=1 keeps Debian's scripts from starting a server where the old init runs; ours is started by hand.
    ['env', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', 'redis-server'],
  ],
  dnf: [['dnf', 'install', '-y', 'redis']],
  apk: [['apk', 'add', 'redis']],
};

/** The commands that install a server here (by default Redis), and whether they may be run without asking anybody. */
export function installCommands(
  machine: Machine,
  recipes: Recipes = redisRecipes,
): { readonly commands: Commands; readonly mayRun: boolean } | undefined {
  const manager = Object.keys(recipes).find(machine.hasProgram);
  const recipe = manager && recipes[manager];
  if (!recipe) return;
  // Homebrew works as the user that owns it and refuses root.
  if (manager === 'brew') return { commands: recipe, mayRun: !machine.isRoot };
  if (machine.isRoot) return { commands: recipe, mayRun: true };
  const sudo = machine.hasSudo ? (['sudo', '-n'] as const) : (['sudo'] as const);
  return { commands: recipe.map((command) => [...sudo, ...command]), mayRun: machine.hasSudo };
}
