//go:build !linux || race

package p12

import "runtime/debug"

// softMemory is what a child tries to stay below. The hard limits exist on Linux only, and not under the race detector, whose own
// memory is beyond every limit.
const softMemory = 100 << 20

func limitProcess() error {
	debug.SetMemoryLimit(softMemory)
	return nil
}
