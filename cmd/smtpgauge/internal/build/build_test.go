package build

import (
	"runtime/debug"
	"testing"
)

func TestDescribe(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0ab9249f"}
	date := debug.BuildSetting{Key: "vcs.time", Value: "2026-11-26T12:00:00Z"}
	for want, info := range map[string]debug.BuildInfo{
		"smtpgauge devel, go1.26.8": {
			GoVersion: "go1.26.8",
		},
		"smtpgauge devel, go1.26.8 linux/arm64": {
			GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"},
			Settings: []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"}},
		},
		"smtpgauge v1.2.3, commit 0ab9249f, 2026-11-26T12:00:00Z, go1.26.8": {
			GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"},
			Settings: []debug.BuildSetting{commit, date, {Key: "vcs.modified", Value: "false"}},
		},
		"smtpgauge devel, commit 0ab9249f modified, 2026-11-26T12:00:00Z, go1.26.8": {
			GoVersion: "go1.26.8",
			Settings:  []debug.BuildSetting{commit, date, {Key: "vcs.modified", Value: "true"}},
		},
	} {
		if got := describe(&info); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
