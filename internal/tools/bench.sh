#!/bin/sh
# Prints one line for each figure by which Stellwerk's handling of ads and files is measured. A ratio is our speed over the other's: more is better.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Writing ads, beside encoding/xml.
go test -run '^$' -bench '^BenchmarkWrite$' ./internal/hrbaxml >"$work/write" || {
	cat "$work/write" >&2
	exit 1
}
awk '/^BenchmarkWrite/ {
	for (i = 3; i < NF; i += 2) found[$(i + 1)] = $i
	printf "write: ours / encoding-xml = %.2f (aim 2.0 or more); %d allocations per ad, %.0f MB/s\n",
		found["x-encoding/xml"], found["allocs/ad"], found["MB/s"]
}' "$work/write"

# Checking a file, and the postings that become it, beside libxml2. The times are those of the processor, so that a busy machine may be used.
go build -o "$work/bench" ./internal/bench
"$work/bench" sample "$work/sample.xml"
go build -C internal/hrbaxml/libxml2bench -o "$work/libxml2bench" .
"$work/libxml2bench" "$work/sample.xml" internal/hrbaxml/xsd/stellwerk-p82.xsd

# Requests, on a database that writes through to the disk.
"$work/bench" requests

# Memory for many ads.
"$work/bench" memory

# Transfers to a simulated BA.
"$work/bench" transfers
