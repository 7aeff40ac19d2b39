//go:build !race

package p12

// childEnvironment returns the environment of children: nothing of ours, which holds secrets that decoding a file does not need. One
// processor is enough for them, and keeps the stacks of a big machine's many threads out of their memory.
func childEnvironment() []string { return []string{"GOMAXPROCS=1"} }
