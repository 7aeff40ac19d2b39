#!/bin/sh
# Installs what package-lock.json names into .cache/web, unless it is there, and links it here.
set -eu
cd "$(dirname "$0")"
to=../../.cache/web
mkdir -p "$to"
if ! cmp -s package-lock.json "$to/installed"; then
	rm -f "$to/installed"
	cp package.json package-lock.json .npmrc "$to/"
	npm ci --prefix "$to" --no-progress --loglevel=error >&2
	cp package-lock.json "$to/installed"
fi
ln -sfn "$to/node_modules" node_modules
