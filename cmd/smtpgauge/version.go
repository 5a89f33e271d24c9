package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "print the version of smtpgauge",
		Example:           "  smtpgauge version",
		Args:              exactly(0, "no arguments"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, versionLine())
			return err
		},
	}
}

// versionLine says which smtpgauge this is.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "smtpgauge, unknown version"
	}
	return describeBuild(info)
}

// describeBuild says what the Go toolchain recorded of a build: the version, the
// commit and its date, and the toolchain's own version.
func describeBuild(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := info.Main.Version
	if version == "(devel)" {
		version = ""
	}
	parts := []string{"smtpgauge " + cmp.Or(version, "devel")}
	if commit := settings["vcs.revision"]; commit != "" {
		commit = "commit " + commit
		if settings["vcs.modified"] == "true" {
			commit += " modified"
		}
		parts = append(parts, commit)
	}
	if date := settings["vcs.time"]; date != "" {
		parts = append(parts, date)
	}
	system := strings.Trim(settings["GOOS"]+"/"+settings["GOARCH"], "/")
	return strings.Join(append(parts, strings.TrimSpace(info.GoVersion+" "+system)), ", ")
}
