package mail

import (
	"testing"
	"time"
)

func TestDateFollowsTheClock(t *testing.T) {
	east := time.FixedZone("", 2*60*60)
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var f dateField
	for _, step := range []struct {
		date time.Time
		want string
	}{
		{at, "Wed, 04 Mar 2026 05:06:07 +0000"},
		{at.Add(999 * time.Millisecond), "Wed, 04 Mar 2026 05:06:07 +0000"},
		{at.Add(time.Second), "Wed, 04 Mar 2026 05:06:08 +0000"},
		{at.Add(time.Second).In(east), "Wed, 04 Mar 2026 07:06:08 +0200"},
		{at, "Wed, 04 Mar 2026 05:06:07 +0000"},
	} {
		if got := string(f.append([]byte("Date: "), step.date)); got != "Date: "+step.want {
			t.Errorf("%v: got %q, want %q", step.date, got, step.want)
		}
	}
}
