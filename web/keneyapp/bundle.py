#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles the clinic's pages and hands them to the embedder, which writes them as a C table.

    bundle.py ESBUILD EMBED MODULES SOURCES OUT.c

MODULES is the folder with React (Debian's /usr/share/nodejs): no npm, no network. Every file but
index.html has its content's hash in its name, so that browsers may keep it for good.
"""
import json
import os
import shutil
import subprocess
import sys

ENTRIES = {'main': 'src/main.jsx', 'style': 'src/style/style.css', 'icon': 'icon.svg'}
OLDEST_BROWSERS = 'chrome109,firefox115,safari16'


def bundle(esbuild, modules, sources, folder):
    """Runs esbuild into folder/files; its account of the outputs, by file name."""
    meta_file = os.path.join(folder, 'meta.json')
    files = os.path.join(folder, 'files')
    command = [esbuild, *ENTRIES.values(), '--bundle', '--splitting', '--format=esm', '--minify',
               '--jsx=automatic', '--loader:.svg=copy', '--legal-comments=none',
               '--define:process.env.NODE_ENV="production"', '--target=' + OLDEST_BROWSERS,
               '--entry-names=[name]-[hash]', '--chunk-names=[name]-[hash]',
               '--asset-names=[name]-[hash]', '--outdir=' + files, '--metafile=' + meta_file,
               '--log-level=warning']
    subprocess.run(command, check=True, cwd=sources, env={**os.environ, 'NODE_PATH': modules})
    with open(meta_file, encoding='utf-8') as text:
        outputs = json.load(text)['outputs']
    return {os.path.basename(path): facts for path, facts in outputs.items()}


def output_of(entry, outputs):
    for name in outputs:
        if name.startswith(entry + '-'):
            return name
    sys.exit(f'bundle.py: esbuild wrote nothing for {ENTRIES[entry]}')


def write_index(sources, folder, outputs):
    """The document, with the first load's files named, so that they are fetched side by side."""
    with open(os.path.join(sources, 'index.html'), encoding='utf-8') as text:
        page = text.read()
    for entry in ENTRIES:
        page = page.replace(f'@{entry}@', '/assets/' + output_of(entry, outputs))
    needed = [os.path.basename(one['path']) for one in outputs[output_of('main', outputs)]['imports']
              if one['kind'] == 'import-statement']
    links = [f'<link rel="modulepreload" href="/assets/{name}">' for name in needed]
    page = page.replace('@preload@', '\n'.join(links))
    lines = [line.strip() for line in page.splitlines()]
    with open(os.path.join(folder, 'files', 'index.html'), 'w', encoding='utf-8') as text:
        text.write('\n'.join(lines) + '\n')


def main():
    esbuild, embed, modules, sources, out = sys.argv[1:]
    sources = os.path.abspath(sources)
    folder = os.path.abspath(out) + '.d'
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    try:
        outputs = bundle(esbuild, modules, sources, folder)
    except subprocess.CalledProcessError:
        sys.exit('bundle.py: esbuild refused the pages; its words are above')
    write_index(sources, folder, outputs)
    subprocess.run([embed, os.path.join(folder, 'files'), out], check=True)


main()
