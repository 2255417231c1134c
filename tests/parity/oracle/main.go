// Answers requests, a JSON object a line, by Helm's own code: what reconciled must give for the same.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	goyaml "go.yaml.in/yaml/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

type request struct {
	Kind   string `json:"kind"`
	Value  any    `json:"value"`  // see decodeValue
	Text   string `json:"text"`   // base64
	Target string `json:"target"` // any, map or list
}

type answer struct {
	Ok   bool   `json:"ok"`
	Text string `json:"text"` // base64: the output, or the error
}

func toYaml(value any) (string, error) {
	data, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(data), "\n"), err
}

func toYamlPretty(value any) (string, error) {
	var data bytes.Buffer
	encoder := goyaml.NewEncoder(&data)
	encoder.SetIndent(2)
	err := encoder.Encode(value)
	return strings.TrimSuffix(data.String(), "\n"), err
}

func toRawJson(value any) (string, error) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(data.String(), "\n"), err
}

func decode(text []byte, target string, unmarshal func([]byte, any) error) (string, error) {
	switch target {
	case "map":
		value := map[string]any{}
		err := unmarshal(text, &value)
		return dumped(value), err
	case "list":
		value := []any{}
		err := unmarshal(text, &value)
		return dumped(value), err
	default:
		var value any
		err := unmarshal(text, &value)
		return dumped(value), err
	}
}

// render runs the template as a partial whose data is all of the values: nothing else is in there, above all no
// addresses.
func render(template []byte, values any) (string, error) {
	c := &chart.Chart{
		Metadata: &chart.Metadata{Name: "c", Version: "0.1.0", APIVersion: "v2"},
		Templates: []*common.File{
			{Name: "templates/_t", Data: template},
			{Name: "templates/t", Data: []byte(`{{ include "c/templates/_t" .Values }}`)},
		},
	}
	given, _ := values.(map[string]any)
	top, err := util.ToRenderValues(c, given, common.ReleaseOptions{Name: "r", Namespace: "n", Revision: 1, IsInstall: true}, nil)
	if err != nil {
		return "", err
	}
	rendered, err := engine.Render(c, top)
	return rendered["c/templates/t"], err
}

func set(kind string, text string) (string, error) {
	var value map[string]any
	var err error
	switch kind {
	case "set":
		value, err = strvals.Parse(text)
	case "setString":
		value, err = strvals.ParseString(text)
	case "setLiteral":
		value, err = strvals.ParseLiteral(text)
	case "setJson":
		value = map[string]any{}
		if strvals.ParseJSON(text, value) != nil {
			err = errors.New("failed parsing --set-json data") // what Helm shows has no more than that
		}
	}
	return dumped(value), err
}

func reply(r *request) (text string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			text, err = "", fmt.Errorf("panic: %v", panicked)
		}
	}()
	switch r.Kind {
	case "toYaml":
		return toYaml(decodeValue(r.Value))
	case "toYamlPretty":
		return toYamlPretty(decodeValue(r.Value))
	case "toJson":
		data, err := json.Marshal(decodeValue(r.Value))
		return string(data), err
	case "toPrettyJson":
		data, err := json.MarshalIndent(decodeValue(r.Value), "", "  ")
		return string(data), err
	case "toRawJson":
		return toRawJson(decodeValue(r.Value))
	case "fromYaml":
		return decode(bytesOf(r.Text), r.Target, func(text []byte, to any) error { return yaml.Unmarshal(text, to) })
	case "fromJson":
		return decode(bytesOf(r.Text), r.Target, json.Unmarshal)
	case "template":
		return render(bytesOf(r.Text), decodeValue(r.Value))
	case "envsubst", "envsubstStrict":
		return fillText(string(bytesOf(r.Text)), variablesOf(decodeValue(r.Value)), r.Kind == "envsubstStrict")
	case "postBuild":
		return fillObject(decodeValue(r.Value))
	case "chart":
		given, _ := decodeValue(r.Value).(map[string]any)
		return renderChart(given)
	case "set", "setString", "setLiteral", "setJson":
		return set(r.Kind, string(bytesOf(r.Text)))
	}
	return "", fmt.Errorf("no kind of request: %s", r.Kind)
}

const longest = 3 * time.Second

// A request that takes too long or kills the program has no answer: who asks goes on with another process.
func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	encoder := json.NewEncoder(os.Stdout)
	debug.SetMemoryLimit(1 << 30)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var r request
		unmarshalRequest(line, &r)
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
