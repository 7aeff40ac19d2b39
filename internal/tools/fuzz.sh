#!/bin/sh
# Runs every fuzz target of the module for a while, one after the other: fuzz.sh 20s
set -eu
for package in $("${0%/*}/packages-with.sh" Fuzz); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz'); do
		echo "fuzz $package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 10x "$package"
	done
done
