// Judges histories in JSON lines with Porcupine and prints one line of JSON for each: {"verdict": "ok" | "illegal" | "unknown", ...}.
//
//	judge --model log|register [--timeout 10s] [--html FILE] HISTORY.jsonl ...
//
// It shares no code and no model with jepsen-lite/checker: only the file format.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

// line is one operation of the file.
type line struct {
	Client int             `json:"client"`
	Op     string          `json:"op"`
	Key    string          `json:"key"`
	Offset *int            `json:"offset"`
	Call   int64           `json:"call"`
	Return *int64          `json:"return"`
	Value  json.RawMessage `json:"value"`
	Result json.RawMessage `json:"result"`
	Ok     *bool           `json:"ok"`
}

func (l line) unknown() bool { return l.Ok == nil }
func (l line) failed() bool  { return l.Ok != nil && !*l.Ok }

func main() {
	kind := flag.String("model", "log", "log (append, read with offset, max) or register (write, read, cas)")
	timeout := flag.Duration("timeout", 10*time.Second, "give up after this time and answer unknown")
	html := flag.String("html", "", "write Porcupine's picture of the last history to this file")
	flag.Parse()
	if *kind != "log" && *kind != "register" {
		fail(fmt.Errorf("model %q is neither log nor register", *kind))
	}
	if flag.NArg() == 0 {
		fail(fmt.Errorf("name the history to judge: judge --model %s HISTORY.jsonl", *kind))
	}
	for _, path := range flag.Args() {
		if err := judge(path, *kind, *timeout, *html); err != nil {
			fail(fmt.Errorf("%s: %w", path, err))
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

var words = map[porcupine.CheckResult]string{porcupine.Ok: "ok", porcupine.Illegal: "illegal", porcupine.Unknown: "unknown"}

func judge(path, kind string, timeout time.Duration, html string) error {
	lines, err := readLines(path)
	if err != nil {
		return err
	}
	model, operations := registerModel, registerOperations(lines)
	if kind == "log" {
		model, operations = logModel, logOperations(lines)
	}
	verdict, info := porcupine.CheckOperationsVerbose(model, operations, timeout)
	if html != "" {
		if err := porcupine.VisualizePath(model, info, html); err != nil {
			return err
		}
	}
	fmt.Printf("{\"verdict\": %q, \"operations\": %d}\n", words[verdict], len(operations))
	return nil
}

func readLines(path string) ([]line, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var lines []line
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<16), 1<<24)
	for number := 1; scanner.Scan(); number++ {
		if len(scanner.Bytes()) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d of the history: %w", number, err)
		}
		if !l.failed() {
			lines = append(lines, l)
		}
	}
	return lines, scanner.Err()
}

// operation makes one of Porcupine's; what is unknown returns at the end of time, so that it may take effect at any moment or so late that
// nobody notices.
func operation(input any, l line) porcupine.Operation {
	end := int64(math.MaxInt64)
	if l.Return != nil && !l.unknown() {
		end = *l.Return
	}
	return porcupine.Operation{ClientId: l.Client, Input: input, Call: l.Call, Output: nil, Return: end}
}

// byKey splits operations whose inputs have a key, in the order of the keys.
func byKey(keyOf func(input any) string) func([]porcupine.Operation) [][]porcupine.Operation {
	return func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := map[string][]porcupine.Operation{}
		for _, o := range history {
			key := keyOf(o.Input)
			parts[key] = append(parts[key], o)
		}
		var keys []string
		for key := range parts {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		var split [][]porcupine.Operation
		for _, key := range keys {
			split = append(split, parts[key])
		}
		return split
	}
}
