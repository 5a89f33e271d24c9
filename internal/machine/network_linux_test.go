package machine

import "testing"

func TestLocalPorts(t *testing.T) {
	for text, want := range map[string]int{"32768\t60999\n": 28232, "1024 1024\n": 1, "9 8\n": 0, "x y\n": 0, "1\n": 0} {
		if got, ok := parsePortRange([]byte(text)); ok != (want > 0) || ok && got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, ok, want)
		}
	}
	const stat = "sockets: used 120\nTCP: inuse 5 orphan 0 tw 17 alloc 8 mem 2\nUDP: inuse 2 mem 0\n"
	if n, ok := parseTimeWait([]byte(stat)); n != 17 || !ok {
		t.Errorf("%d, %v; want 17", n, ok)
	}
	if _, ok := parseTimeWait([]byte("TCP: inuse 5\n")); ok {
		t.Error("connections in TIME_WAIT, and the text has none")
	}
	if ports, _, ok := LocalPorts(); !ok || ports <= 0 {
		t.Errorf("%d ports, %v", ports, ok)
	}
}
