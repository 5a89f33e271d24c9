package machine

import (
	"runtime"
	"testing"
)

func TestTheSmallestQuotaCounts(t *testing.T) {
	groups := map[string]string{"/": "", "/a": "max 100000\n", "/a/b": "150000 100000\n", "/a/b/c": "400000 100000\n", "/odd": "x 1\n", "/none": "0 100000\n", "/old": "1000\n"}
	for own, want := range map[string]float64{
		"0::/a/b/c\n": 1.5, "0::/a/b\n": 1.5, "0::/a\n": 0, "0::/\n": 0, "0::/odd\n": 0, "0::/none\n": 0, "0::/old\n": 0, "0::/gone\n": 0, "": 0,
		"4:cpu:/a/b\n": 0, "1:name=systemd:/a\n0::/a/b/c\n": 1.5, "0::/../a/b\n": 1.5,
	} {
		if got := smallestQuota([]byte(own), func(group string) []byte { return []byte(groups[group]) }); got != want {
			t.Errorf("%q: %g, want %g", own, got, want)
		}
	}
}

func TestAllowedCores(t *testing.T) {
	got := AllowedCores()
	if got.Cores < 1 || got.Cores > runtime.NumCPU() || got.Quota < 0 {
		t.Errorf("%+v of %d cores", got, runtime.NumCPU())
	}
}
