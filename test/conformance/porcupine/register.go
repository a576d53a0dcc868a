package main

import (
	"encoding/json"

	"github.com/anishathalye/porcupine"
)

// registerInput is an operation on one register. Values are compared as the JSON that they are written in.
type registerInput struct {
	key, op         string
	unknown         bool
	value, expected string
	result          string
}

func registerOperations(lines []line) []porcupine.Operation {
	var operations []porcupine.Operation
	for _, l := range lines {
		if l.Offset != nil || (l.Op != "read" && l.Op != "write" && l.Op != "cas") {
			continue
		}
		input := registerInput{key: l.Key, op: l.Op, unknown: l.unknown(), value: string(l.Value), result: string(l.Result)}
		if l.Op == "cas" {
			var pair []json.RawMessage
			if json.Unmarshal(l.Value, &pair) != nil || len(pair) != 2 {
				continue
			}
			input.expected, input.value = string(pair[0]), string(pair[1])
		}
		operations = append(operations, operation(input, l))
	}
	return operations
}

var registerModel = porcupine.Model{
	Partition: byKey(func(input any) string { return input.(registerInput).key }),
	Init:      func() any { return "null" },
	Step: func(state, input, _ any) (bool, any) {
		in := input.(registerInput)
		switch in.op {
		case "write":
			return true, in.value
		case "read":
			return in.unknown || in.result == state.(string), state
		}
		swapped := "false"
		next := state
		if state.(string) == in.expected {
			swapped, next = "true", in.value
		}
		return in.unknown || in.result == swapped, next
	},
	DescribeOperation: func(input, _ any) string {
		in := input.(registerInput)
		return in.op + " " + in.expected + " " + in.value + " -> " + in.result
	},
}
