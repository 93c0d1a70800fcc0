#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * Half of the time that a command takes goes into compiling. What was compiled is kept beside the packages, where nobody
 * can write who could not write the program as well; where this process can't write either, what is there is used. Another
 * place is for NODE_COMPILE_CACHE to say. It has to be on before the program is loaded.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/device-caretaker', import.meta.url)));

const { main } = await import('./commands/program/main.ts');
await main();
