// Package build says which build of smtpgauge this is.
package build

import (
	"cmp"
	"runtime/debug"
	"strings"
)

// Line says in one line which smtpgauge this is.
func Line() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "smtpgauge, unknown version"
	}
	return describe(info)
}

// Version says which smtpgauge this is, whatever the machine and the toolchain: its version
// and its commit.
func Version() string {
	parts := strings.SplitN(strings.TrimPrefix(Line(), "smtpgauge "), ", ", 3)
	if len(parts) > 1 && strings.HasPrefix(parts[1], "commit ") {
		return parts[0] + ", " + parts[1]
	}
	return parts[0]
}

// describe says what the Go toolchain recorded of a build: the version, the
// commit and its date, and the toolchain's own version.
func describe(info *debug.BuildInfo) string {
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
