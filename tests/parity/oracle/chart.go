// Renders whole charts as `helm template` does: a folder on the disk, values, settings and flags in, the bytes it prints out.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	chartapi "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/cli/values"
	release "helm.sh/helm/v4/pkg/release/v1"
)

// Where charts are written: memory, where there is such a folder.
var scratch = ""

func init() {
	if place, err := os.Stat("/dev/shm"); err == nil && place.IsDir() {
		scratch = "/dev/shm"
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	log.SetOutput(io.Discard)
}

func textsOf(raw any) []string {
	list, _ := raw.([]any)
	texts := make([]string, 0, len(list))
	for _, item := range list {
		text, _ := item.(string)
		texts = append(texts, text)
	}
	return texts
}

// writeFiles makes the folder of a chart; a name that is no path below it is left out, as on the other side.
func writeFiles(folder string, files map[string]any) error {
	for name, content := range files {
		text, _ := content.(string)
		if !filepath.IsLocal(name) || strings.ContainsAny(name, "\x00\\") {
			continue
		}
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func install(folder string, given map[string]any) (*release.Release, *action.Install, error) {
	options := values.Options{
		Values:        textsOf(given["set"]),
		StringValues:  textsOf(given["set_string"]),
		JSONValues:    textsOf(given["set_json"]),
		LiteralValues: textsOf(given["set_literal"]),
	}
	for i, text := range textsOf(given["values"]) {
		path := filepath.Join(folder, fmt.Sprintf("values-%d", i))
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, nil, err
		}
		options.ValueFiles = append(options.ValueFiles, path)
	}
	client := action.NewInstall(action.NewConfiguration())
	client.DryRunStrategy = action.DryRunClient
	client.Replace = true
	client.ReleaseName = "r"
	client.Namespace = "n"
	client.APIVersions = common.VersionSet(textsOf(given["api_versions"]))
	client.IncludeCRDs, _ = given["include_crds"].(bool)
	client.IsUpgrade, _ = given["is_upgrade"].(bool)
	client.DisableHooks, _ = given["no_hooks"].(bool)
	if version, _ := given["kube_version"].(string); version != "" {
		parsed, err := common.ParseKubeVersion(version)
		if err != nil {
			return nil, nil, fmt.Errorf("invalid kube version '%s': %s", version, err)
		}
		client.KubeVersion = parsed
	}
	merged, err := options.MergeValues(nil)
	if err != nil {
		return nil, nil, err
	}
	charter, err := loader.Load(filepath.Join(folder, "chart"))
	if err != nil {
		return nil, nil, err
	}
	accessor, err := chartapi.NewAccessor(charter)
	if err != nil {
		return nil, nil, err
	}
	if kind, _ := accessor.MetadataAsMap()["Type"].(string); kind != "" && kind != "application" {
		return nil, nil, fmt.Errorf("%s charts are not installable", kind)
	}
	if required := accessor.MetaDependencies(); len(required) > 0 {
		if err := action.CheckDependencies(charter, required); err != nil {
			return nil, nil, fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: %w", err)
		}
	}
	releaser, err := client.Run(charter, merged)
	if err != nil {
		return nil, nil, err
	}
	rendered, ok := releaser.(*release.Release)
	if !ok {
		return nil, nil, errors.New("another kind of release")
	}
	return rendered, client, nil
}

func renderChart(given map[string]any) (string, error) {
	files, _ := given["files"].(map[string]any)
	folder, err := os.MkdirTemp(scratch, "parity")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	if err := writeFiles(filepath.Join(folder, "chart"), files); err != nil {
		return "", err
	}
	rendered, client, err := install(folder, given)
	if err != nil {
		// Where the folder lies is chance.
		return "", errors.New(strings.ReplaceAll(err.Error(), folder+"/", ""))
	}
	skipTests, _ := given["skip_tests"].(bool)
	var out bytes.Buffer
	fmt.Fprintln(&out, strings.TrimSpace(rendered.Manifest))
	if !client.DisableHooks {
		for _, hook := range rendered.Hooks {
			if skipTests && slices.Contains(hook.Events, release.HookTest) {
				continue
			}
			fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
		}
	}
	fmt.Fprintf(&out, "NOTES:\n%s", rendered.Info.Notes)
	return out.String(), nil
}
