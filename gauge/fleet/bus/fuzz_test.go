package bus

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// fullMessages are a message of each kind, with all fields set.
var fullMessages = []Message{
	&Hello{Name: "a", Host: "h", Version: "1", Shards: 4, Watches: true},
	&Refusal{Reason: "full", Version: "2", Later: true},
	&Order{
		Sent: 1, Name: "a", Number: 1, Of: 2, Blobs: [2]Sum{{3, strings.Repeat("ab", 32)}, {}}, Run: 1, Fleet: "f", First: 1, Own: 4, Shards: 5,
		Probe: true, Begin: true, Segments: 2, At: 7, Offset: -8, Error: 9, Have: 10, Drain: true, Stop: true, Over: true, Leave: true,
		Targets: []Target{{Port: 25, Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")}, First: true}, {Port: 26}},
	},
	&Piece{SHA256: strings.Repeat("cd", 32), Offset: 5},
	&Status{
		Asked: 1, Received: 2, Answered: 3, Blobs: [2]int64{4, 5}, Run: 6, Loaded: true, Probed: true,
		Faults: []Fault{{ID: "x", Flows: []string{"a"}, Target: "t", Says: "s", Do: "d", Passing: true}},
		Waits:  1, Length: 7, Ended: true, SHA256: strings.Repeat("ef", 32), Left: true, Failed: "why", Refused: true, Gone: true,
	},
	&Delta{Run: 1, Offset: 2},
	&Looks{Run: 1, From: 2},
	&Call{},
}

const anID = "0123456789abcdef"

func encoded(tb testing.TB, m Message, body []byte) []byte {
	tb.Helper()
	data, err := encode(anID, 1, m, body)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// What is decoded is within its bounds, and is the same once more.
func FuzzMessage(f *testing.F) {
	for _, m := range fullMessages {
		data := encoded(f, m, nil)
		f.Add(data)
		f.Add(append(data, "a body\n"...))
		f.Add(bytes.ReplaceAll(data, []byte(":1,"), []byte(":-1,")))
		f.Add(bytes.ReplaceAll(data, []byte(":1,"), []byte(":9223372036854775807,")))
		f.Add(bytes.ReplaceAll(data, []byte(":1,"), []byte(":NaN,")))
		f.Add(bytes.ReplaceAll(data, []byte(":2,"), []byte(":1e30,")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		from, seq, m, body, err := decode(data)
		if err != nil {
			return
		}
		if !IsID(from) || seq == 0 || len(body) > MaxBody || m.check() != nil {
			t.Fatalf("took %d of %q: %+v with a body of %d", seq, from, m, len(body))
		}
		again, err := encode(from, seq, m, body)
		if err != nil {
			t.Fatal(err)
		}
		_, _, other, bodyAgain, err := decode(again)
		if err != nil || !reflect.DeepEqual(other, m) || !bytes.Equal(bodyAgain, body) {
			t.Fatalf("%+v, and once more %+v: %v", m, other, err)
		}
	})
}

// A message that says too much is not taken.
func TestMessagesOutOfBounds(t *testing.T) {
	change := func(m Message, field, value string) []byte {
		says, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(says, &fields); err != nil {
			t.Fatal(err)
		}
		if _, found := fields[field]; !found {
			t.Fatalf("%s has no field %q", m.kind(), field)
		}
		fields[field] = json.RawMessage(value)
		if says, err = json.Marshal(fields); err != nil {
			t.Fatal(err)
		}
		head, err := json.Marshal(envelope{m.kind(), anID, 1, says})
		if err != nil {
			t.Fatal(err)
		}
		return append(head, '\n')
	}
	long, negative, large := `"`+strings.Repeat("x", maxText+1)+`"`, "-1", "9223372036854775807"
	for _, m := range fullMessages {
		if _, _, got, _, err := decode(encoded(t, m, nil)); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%s: %+v, %v", m.kind(), got, err)
		}
		v := reflect.ValueOf(m).Elem()
		for i := range v.NumField() {
			field, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			wrong := []string{"1"}
			switch v.Field(i).Kind() {
			case reflect.String:
				wrong = append(wrong, long)
			case reflect.Int, reflect.Int64:
				wrong = []string{negative, large, "1.5", `"1"`}
				if field == "offset" && m.kind() == "order" { // a clock may be behind
					wrong[0] = "-" + large
				}
			}
			for _, value := range wrong {
				if _, _, got, _, err := decode(change(m, field, value)); err == nil {
					t.Errorf("%s with %s %.20s is taken: %+v", m.kind(), field, value, got)
				}
			}
		}
	}
	for want, data := range map[string][]byte{
		"a sum of -1":        change(fullMessages[2], "blobs", `[{"size": -1, "sha256": ""}, {}]`),
		"a long name":        change(fullMessages[0], "name", `"`+strings.Repeat("x", MaxName+1)+`"`),
		"a short digest":     change(fullMessages[2], "blobs", `[{"size": 1, "sha256": "ab"}, {}]`),
		"too many faults":    change(fullMessages[4], "faults", "["+strings.Repeat("{},", maxFaults)+"{}]"),
		"too many flows":     change(fullMessages[4], "faults", `[{"flows": [`+strings.Repeat(`"",`, maxFlows)+`""]}]`),
		"a port of 65536":    change(fullMessages[2], "targets", `[{"port": 65536}]`),
		"too many targets":   change(fullMessages[2], "targets", "["+strings.Repeat("{},", MaxTargets)+"{}]"),
		"too many addresses": change(fullMessages[2], "targets", `[{"addresses": [`+strings.Repeat(`"::1",`, MaxTargets)+`"::1"]}]`),
		"an address of none": change(fullMessages[2], "targets", `[{"addresses": [""]}]`),
		"no address":         change(fullMessages[2], "targets", `[{"addresses": ["localhost"]}]`),
		"a zone":             change(fullMessages[2], "targets", `[{"addresses": ["fe80::1%eth0"]}]`),
		"an unknown field":   bytes.Replace(encoded(t, fullMessages[5], nil), []byte(`"run"`), []byte(`"ran"`), 1),
		"an unknown kind":    bytes.Replace(encoded(t, fullMessages[5], nil), []byte(`"delta"`), []byte(`"gamma"`), 1),
		"nobody":             bytes.Replace(encoded(t, fullMessages[5], nil), []byte(anID), []byte("agent"), 1),
		"no number":          bytes.Replace(encoded(t, fullMessages[5], nil), []byte(`"seq":1`), []byte(`"seq":0`), 1),
		"no end of the head": bytes.TrimSuffix(encoded(t, fullMessages[5], nil), []byte("\n")),
		"a body of a hello":  encoded(t, fullMessages[0], []byte("x")),
		"too long a body":    append(encoded(t, fullMessages[5], nil), make([]byte, MaxBody+1)...),
		"too much":           make([]byte, MaxMessage+1),
	} {
		if _, _, got, _, err := decode(data); err == nil {
			t.Errorf("%s is taken: %+v", want, got)
		}
	}
}

// A join is the same once more, and what is wrong with one is said without its token.
func FuzzJoin(f *testing.F) {
	f.Add("smtpgauge://0123456789abcdef0123456789abcdef@127.0.0.1:4222/" + strings.Repeat("0f", 32))
	f.Add("smtpgauge://[::1]:4222")
	f.Add("smtpgAuge://[::0%250]:00")
	f.Add("smtpgauge://%00%20%40abcdefghijklmnop@[fe80::1%25eth0]:1/")
	f.Add("smtpgauge://token:password@h:p/x?y#z")
	f.Add("nats://h:1")
	f.Add("smtpgauge://" + strings.Repeat("a", 300) + "@:/")
	f.Fuzz(func(t *testing.T, text string) {
		j, err := ParseJoin(text)
		if err != nil {
			return
		}
		again, err := ParseJoin(j.String())
		if err != nil || again != j {
			t.Fatalf("%q is %+v, and once more %+v: %v", text, j, again, err)
		}
	})
}

// The error of a join that is wrong does not give the token away.
func TestJoinErrorsKeepTheToken(t *testing.T) {
	const token = "0123456789abcdef"
	for _, text := range []string{
		"smtpgauge://" + token + "@h", "smtpgauge://" + token + "@h:1/zz", "smtpgauge://" + token + "%20@h:1", "smtpgauge://" + token + "@h:1:2",
		"smtpgauge://" + token + "@h:1/%zz", "nats://" + token + "@h:1", "smtpgauge://" + token + "\x00@h:1", "smtpgauge://" + token + ":" + token + "@h:x:",
		"smtpgauge:" + token + "@h:1", "smtpgauge://h:1/?" + token, "smtpgauge:///" + token, "smtpgauge://" + token,
	} {
		j, err := ParseJoin(text)
		if err == nil {
			t.Errorf("%q is taken: %+v", text, j)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%q: the error has the token: %v", text, err)
		}
	}
}
