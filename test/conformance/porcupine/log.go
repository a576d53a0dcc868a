package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

// logInput is an operation on one log. offset: of a read, or answered to an append, -1 = not known; length: answered to max.
type logInput struct {
	key, op        string
	unknown        bool
	value          string
	offset, length int
	// taken holds what reads and acknowledged appends of the key show at each offset, which never changes in a log.
	taken map[int]string
}

// logState is the content of a log, one line a value, and its length. Every content makes one string.
type logState struct {
	content string
	length  int
}

func (s logState) at(offset int) string {
	if offset >= s.length {
		return "null"
	}
	return strings.Split(s.content, "\n")[offset]
}

const noKey = "?"

func logOperations(lines []line) []porcupine.Operation {
	taken, readIn := survey(lines)
	var operations []porcupine.Operation
	for _, l := range lines {
		if l.Op != "append" && l.Op != "max" && !(l.Op == "read" && l.Offset != nil) {
			continue
		}
		input := logInput{key: l.Key, op: l.Op, unknown: l.unknown(), value: string(l.Value), offset: -1, taken: taken[l.Key]}
		switch {
		case l.Op == "read":
			input.offset, input.value = *l.Offset, string(l.Result)
		case l.Op == "max":
			input.length, _ = strconv.Atoi(string(l.Result))
		case !l.unknown() && len(l.Result) > 0:
			input.offset, _ = strconv.Atoi(string(l.Result))
		}
		if l.Key != noKey {
			operations = append(operations, operation(input, l))
			continue
		}
		// An append whose queue is not known may be in any queue where it was read, or, if it was not, in any at all.
		homes := readIn[input.value]
		l.Ok = nil
		for key := range taken {
			if key != noKey && (len(homes) == 0 || homes[key]) {
				input.key, input.unknown, input.offset, input.taken = key, true, -1, taken[key]
				operations = append(operations, operation(input, l))
			}
		}
	}
	return operations
}

// survey collects what is at each offset of each key, and in which keys each value was read.
func survey(lines []line) (map[string]map[int]string, map[string]map[string]bool) {
	taken := map[string]map[int]string{}
	readIn := map[string]map[string]bool{}
	for _, l := range lines {
		if l.Op != "append" && l.Op != "max" && !(l.Op == "read" && l.Offset != nil) {
			continue
		}
		if taken[l.Key] == nil {
			taken[l.Key] = map[int]string{}
		}
		if l.unknown() || len(l.Result) == 0 || string(l.Result) == "null" {
			continue
		}
		if l.Op == "append" {
			offset, _ := strconv.Atoi(string(l.Result))
			taken[l.Key][offset] = string(l.Value)
		}
		if l.Op == "read" {
			taken[l.Key][*l.Offset] = string(l.Result)
			if readIn[string(l.Result)] == nil {
				readIn[string(l.Result)] = map[string]bool{}
			}
			readIn[string(l.Result)][l.Key] = true
		}
	}
	return taken, readIn
}

var logModel = porcupine.Model{
	Partition: byKey(func(input any) string { return input.(logInput).key }),
	Init:      func() any { return logState{} },
	Step: func(state, input, _ any) (bool, any) {
		s, in := state.(logState), input.(logInput)
		switch in.op {
		case "max":
			return in.unknown || in.length == s.length, s
		case "read":
			return in.unknown || in.value == s.at(in.offset), s
		}
		holds, known := in.taken[s.length]
		if (in.offset != -1 && in.offset != s.length) || (known && holds != in.value) {
			// What has no outcome may also never happen: it then changes nothing, here or at the end of time.
			return in.unknown, s
		}
		return true, logState{s.content + in.value + "\n", s.length + 1}
	},
	DescribeOperation: func(input, _ any) string {
		in := input.(logInput)
		return fmt.Sprintf("%s %s @%d (%d)", in.op, in.value, in.offset, in.length)
	},
	DescribeState: func(state any) string { return fmt.Sprintf("length %d", state.(logState).length) },
}
