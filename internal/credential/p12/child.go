package p12

import (
	"encoding/json"
	"io"
)

// readyLine is what a child says when it has its limits and the question: from here on the file is to blame.
const readyLine = "ready\n"

// request is the question to a child.
type request struct {
	File []byte
	PIN  string
}

// response is a child's answer: a code's name, or what the file holds.
type response struct {
	Code  string   `json:",omitempty"`
	Leaf  []byte   `json:",omitempty"`
	Key   []byte   `json:",omitempty"`
	Chain [][]byte `json:",omitempty"`
}

// ChildMain is the child process: it reads one question from stdin, answers it on stdout and returns the exit status. The program
// calls it when its only argument is ChildArgument. It limits the memory and time of the whole process.
func ChildMain(stdin io.Reader, stdout io.Writer) int {
	if err := limitProcess(); err != nil {
		return 1
	}
	var req request
	// A file of MaxFile bytes in base64, with room for the PIN.
	if err := json.NewDecoder(io.LimitReader(stdin, 2*MaxFile)).Decode(&req); err != nil {
		return 1
	}
	if _, err := io.WriteString(stdout, readyLine); err != nil {
		return 1
	}
	if err := json.NewEncoder(stdout).Encode(decode(req.File, req.PIN)); err != nil {
		return 1
	}
	return 0
}
