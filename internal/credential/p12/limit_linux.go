//go:build linux && !race

package p12

import (
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// What a child may use. maxMemory is beyond what the process has when it begins, and keeps it below 300 MB.
const (
	maxMemory  = 250 << 20
	softMemory = 100 << 20
	maxSeconds = 10
)

// limitProcess limits what the process may use, so that it ends even when the one that should kill it is gone, and leaves no core
// file with a key in it.
func limitProcess() error {
	debug.SetMemoryLimit(softMemory)
	used, err := addressSpace()
	if err != nil {
		return err
	}
	for resource, limit := range map[int]uint64{
		// Not RLIMIT_DATA: under it the system lets Go make memory of what it has reserved, however much that is.
		unix.RLIMIT_AS:   used + maxMemory,
		unix.RLIMIT_CPU:  maxSeconds,
		unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("limit resource %d: %w", resource, err)
		}
	}
	return nil
}

// addressSpace returns how many bytes of addresses the process has, most of them reserved by Go and never used.
func addressSpace() (uint64, error) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("read the size of the process: %w", err)
	}
	var pages uint64
	if _, err := fmt.Sscan(string(raw), &pages); err != nil {
		return 0, fmt.Errorf("read the size of the process: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil //nolint:gosec // no page is smaller than nothing
}
