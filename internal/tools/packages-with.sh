#!/bin/sh
# Prints the folders of the module's packages whose tests have functions that begin with a word: packages-with.sh Fuzz
set -eu
files='{{$dir := .Dir}}{{range .TestGoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}'
go list -f "$files" ./... | sed '/^$/d' | tr '\n' '\0' | xargs -0 grep -lE "^func $1[A-Z_]" | sed 's|/[^/]*$||' | sort -u
