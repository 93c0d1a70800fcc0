import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const paths = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);

/** Starts the browser of this machine. @throws Error when there is none */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? paths.find((path) => existsSync(path));
  if (!executablePath) {
    throw new Error(
      'There is no browser to try the console in: install chromium (Debian: apt-get install chromium), or name one in CHROMIUM.',
    );
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
