// Post-build substitution with Flux's own module.
package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

// variablesOf leaves out what is no text.
func variablesOf(value any) map[string]string {
	variables := map[string]string{}
	all, _ := value.(map[string]any)
	for name, value := range all {
		if text, ok := value.(string); ok {
			variables[name] = text
		}
	}
	return variables
}

func fillText(text string, variables map[string]string, strict bool) (filled string, err error) {
	defer func() {
		if recover() != nil {
			filled, err = "", errors.New("panic")
		}
	}()
	return envsubst.Eval(text, func(name string) (string, bool) {
		value, defined := variables[name]
		return value, defined || !strict
	})
}

// fillObject does with an object what the kustomize-controller does: it is written, filled in and read again.
func fillObject(value any) (string, error) {
	both, _ := value.(map[string]any)
	object, ok := both["object"].(map[string]any)
	if _, given := both["variables"]; !ok || !given {
		return "", errors.New("no map")
	}
	written, err := yaml.Marshal(object)
	if err != nil {
		return "", err
	}
	filled, err := fillText(string(written), variablesOf(both["variables"]), false)
	if err != nil {
		return "", err
	}
	data, err := yaml.YAMLToJSON([]byte(filled))
	if err != nil {
		return "", err
	}
	var read map[string]any
	if err := json.Unmarshal(data, &read); err != nil || !strings.HasPrefix(string(data), "{") {
		return "", errors.New("no map")
	}
	return toRawJson(read)
}
