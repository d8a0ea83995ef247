// SPDX-License-Identifier: Apache-2.0
// A real `keneyapp serve --demo` in a temporary folder, for the page tests.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ATTEMPTS = 20;
const LOWEST_PORT = 20000; // below those that outgoing connections leave from
const PORTS = 10000;

async function firstLine(child) {
  for await (const line of createInterface({ input: child.stdout })) return line;
  return null;
}

async function start(program, dir, port) {
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    program,
    ['serve', '--demo', '--data', dir, '--listen', address, '--tls-listen', 'off'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await firstLine(child);
  return line?.startsWith('KeneyApp is ready') ? child : null;
}

export async function startClinic(program) {
  const dir = mkdtempSync(join(tmpdir(), 'keneyapp-pages-'));
  for (let i = 0; i < ATTEMPTS; i++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const child = await start(program, dir, port);
    if (child)
      return {
        address: `http://127.0.0.1:${port}`,
        token: (user, lifetime) =>
          execFileSync(program, ['token', user, '--data', dir, '--token-lifetime', lifetime])
            .toString()
            .trim(),
        stop: () =>
          new Promise((resolve) => {
            child.on('exit', (code) => {
              rmSync(dir, { recursive: true, force: true });
              resolve(code);
            });
            child.kill('SIGTERM');
          }),
      };
  }
  rmSync(dir, { recursive: true, force: true });
  throw new Error(`keneyapp did not start in ${ATTEMPTS} attempts`);
}
