// Command vectors tells, for each test vector that this language claims, what a validator makes of the request, or the
// generated client of the reply. What is right is not known here; what is read from a reply is in replies.go.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	contract, err := readContract(os.Getenv("SCHEMAS"))
	if err != nil {
		return err
	}
	return errors.Join(
		tell("rules", func(given struct{ Request json.RawMessage }) (any, error) {
			return map[string]any{"accepted": contract.holds("GenerateVideoRequest", given.Request)}, nil
		}),
		tell("snapshots", func(given struct{ Body json.RawMessage }) (any, error) {
			task, err := readTask(given.Body)
			return map[string]any{"task": task}, err
		}),
		tell("errors", func(given reply) (any, error) {
			return readError(contract, given)
		}),
	)
}

// tell prints what every case of a kind comes to.
func tell[Given any](kind string, read func(Given) (any, error)) error {
	text, err := os.ReadFile(filepath.Join(os.Getenv("VECTORS"), kind+".json"))
	if err != nil {
		return err
	}
	var vectors struct {
		Cases []struct {
			ID    string
			Given Given
		}
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	lines := json.NewEncoder(os.Stdout)
	for _, vector := range vectors.Cases {
		actual, err := read(vector.Given)
		if err != nil {
			return fmt.Errorf("%s: %w", vector.ID, err)
		}
		if err := lines.Encode(map[string]any{"id": vector.ID, "actual": actual}); err != nil {
			return err
		}
	}
	return nil
}

// contract has the schemas of the spec by their names.
type contract map[string]*jsonschema.Schema

func readContract(folder string) (contract, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	schemas, compiler := contract{}, jsonschema.NewCompiler()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if schemas[name], err = compiler.Compile(file); err != nil {
			return nil, err
		}
	}
	return schemas, nil
}

// holds tells whether a text is JSON that the named schema allows.
func (c contract) holds(name string, text []byte) bool {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return err == nil && c[name].Validate(value) == nil
}
