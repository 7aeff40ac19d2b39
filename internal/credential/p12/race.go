//go:build race

package p12

// childEnvironment returns the environment of children. The race detector otherwise keeps each of them a second at its end.
func childEnvironment() []string { return []string{"GOMAXPROCS=1", "GORACE=atexit_sleep_ms=0"} }
