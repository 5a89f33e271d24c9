package wire

import (
	"bytes"
	"testing"
)

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		f.Fatal(err)
	}
	for i, s := range []string{"", "220 hi\r\n", "250 ok\r\n"} {
		g := frame(25, 40000, uint32(8*i), 0, s)
		if err := w.Write(Time(i), g, len(g)); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(file.Bytes(), byte(InClear))
	f.Add(file.Bytes(), byte(InTLS))
	f.Add(file.Bytes()[:30], byte(InClear))
	f.Fuzz(func(t *testing.T, capture []byte, beginning byte) {
		a, err := Read(bytes.NewReader(capture), 25, Beginning(beginning))
		if (a == nil) == (err == nil) {
			t.Errorf("analysis %v, error %v", a, err)
		}
	})
}
