//go:build linux && !race

package p12

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// What a child may use. With the program's own code, which is not counted, maxMemory keeps it below 300 MB.
const (
	maxMemory  = 250 << 20
	softMemory = 100 << 20
	maxSeconds = 10
)

// limitProcess limits what the process may use, so that it ends even when the one that should kill it is gone, and leaves no core
// file with a key in it.
func limitProcess() error {
	debug.SetMemoryLimit(softMemory)
	for resource, limit := range map[int]uint64{
		unix.RLIMIT_DATA: maxMemory,
		unix.RLIMIT_CPU:  maxSeconds,
		unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("limit resource %d: %w", resource, err)
		}
	}
	return nil
}
