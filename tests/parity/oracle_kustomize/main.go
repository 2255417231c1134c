// Answers requests, a JSON object a line, by kustomize's own code: what reconciled must give for the same.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type request struct {
	Kind string `json:"kind"`
	Text string `json:"text"` // base64 of a tree: a line "=== PATH" begins a file
}

type answer struct {
	Ok   bool   `json:"ok"`
	Text string `json:"text"` // base64: the output, or the error
}

// writeTree makes the files of a text in a folder; each ends in a line break.
func writeTree(text string, folder string) error {
	name, content := "app/kustomization.yaml", ""
	files := map[string]string{}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		if found, ok := strings.CutPrefix(line, "=== "); ok {
			files[name], name = content, found
			content = files[name]
			continue
		}
		content += line + "\n"
	}
	files[name] = content
	for name, content := range files {
		file := path.Join(folder, path.Clean("/"+name))
		if err := os.MkdirAll(path.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// memory is a folder that costs no disk, where there is one.
func memory() string {
	const shared = "/dev/shm"
	if info, err := os.Stat(shared); err == nil && info.IsDir() {
		return shared
	}
	return os.TempDir()
}

// build does what `kubectl kustomize app` does. Messages name files as if the tree were the root of the machine.
func build(text string) (string, error) {
	folder, err := os.MkdirTemp(memory(), "kustomize-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if err := writeTree(text, folder); err != nil {
		os.RemoveAll(folder)
		os.Exit(3) // no tree, no answer
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy
	options.PluginConfig = types.DisabledPluginConfig()
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), path.Join(folder, "app"))
	if err != nil {
		return "", fmt.Errorf("%s", strings.ReplaceAll(err.Error(), folder, ""))
	}
	yaml, err := resources.AsYaml()
	return string(yaml), err
}

func reply(r *request) (text string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			text, err = "", fmt.Errorf("panic: %v", panicked)
		}
	}()
	tree, err := base64.StdEncoding.DecodeString(r.Text)
	if err != nil {
		return "", err
	}
	if r.Kind != "kustomize" {
		return "", fmt.Errorf("no kind of request: %s", r.Kind)
	}
	return build(string(tree))
}

const longest = 10 * time.Second

// A request that takes too long or kills the program has no answer: who asks goes on with another process.
func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	encoder := json.NewEncoder(os.Stdout)
	os.Stderr, _ = os.Open(os.DevNull) // warnings of each file
	debug.SetMemoryLimit(1 << 30)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			panic(err)
		}
		watchdog := time.AfterFunc(longest, func() { os.Exit(3) })
		text, failure := reply(&r)
		watchdog.Stop()
		if failure != nil {
			text = failure.Error()
		}
		if err := encoder.Encode(answer{Ok: failure == nil, Text: base64.StdEncoding.EncodeToString([]byte(text))}); err != nil {
			panic(err)
		}
	}
}
